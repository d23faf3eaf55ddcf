// The filter transform of Winograd's algorithm line by line (lines.wgsl): U = G w.
// slots: load_tap, pair_of
// constants: POINTS, STRIDE_D, STRIDE_H, STRIDE_W, TAPS, TILE_D, TILE_W
fn load_line(index: u32, line: u32) -> array<f32, TAPS> {
  let pair = pair_of(index);
  var taps: array<f32, TAPS>;
  // @unroll
  for (var j = 0u; j < TAPS; j++) {
    // Along the first axis that is transformed.
    let t = pair.first.x + select(0u, j, TILE_D > 1u) * STRIDE_D;
    let r = pair.first.y + select(j, line / TILE_W, TILE_D > 1u) * STRIDE_H;
    taps[j] = load_tap(pair.at, t, r, pair.first.z + line % TILE_W * STRIDE_W);
  }
  return taps;
}

fn store_line(index: u32, line: u32, points: array<f32, POINTS>) {
  let past_end = pair_of(index).past_end;
  // @unroll
  for (var j = 0u; j < POINTS; j++) {
    transformed[index + (line * POINTS + j) * g.point_stride] = select(points[j], 0.0, past_end);
  }
}
