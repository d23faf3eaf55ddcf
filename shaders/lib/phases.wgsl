// The phase of an output channel along each axis: PHASES_* of them for each channel of the tensor, those along the width innermost.
// constants: PHASES_D, PHASES_H, PHASES_W
fn phase_of(k: u32) -> vec3u {
  return vec3u(k / (PHASES_H * PHASES_W) % PHASES_D, k / PHASES_W % PHASES_H, k % PHASES_W);
}
