// The weights of output channels that are phases of a strided gradient (output-phases.wgsl): those of neighbouring phases lie phase_* apart.
// slots: phase_of
// constants: PHASES_D, PHASES_H, PHASES_W

struct WeightChannels { stride: u32, phase_d: u32, phase_h: u32, phase_w: u32 }

fn weights_of(k: u32, channels: WeightChannels) -> u32 {
  let phase = phase_of(k);
  return k / (PHASES_D * PHASES_H * PHASES_W) * channels.stride
    + phase.x * channels.phase_d + phase.y * channels.phase_h + phase.z * channels.phase_w;
}
