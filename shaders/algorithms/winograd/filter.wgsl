// The filter transform of Winograd's algorithm, U = G w along every transformed axis: one thread computes the POINTS^AXES values of one
// pair of channels. A tile is an array of POINTS^AXES numbers, the last axis fastest (TILE_D, TILE_H or TILE_W is 1 along an axis that
// is not transformed).
//
// Lines are transformed in loops in all kinds of code. Drivers multiply the constants of unrolled ones with each other, which rounds differently, and
// weights are transformed once.
// slots: load_tap, pair_of, transform_line
// constants: AXES, POINTS, STRIDE_D, STRIDE_H, STRIDE_W, TAPS, TAPS_D, TAPS_H, TAPS_W, TILE_H, TILE_SIZE, TILE_W
fn thread(index: u32) {
  let pair = pair_of(index);
  var tile: array<f32, TILE_SIZE>;
  for (var i = 0u; i < TAPS_D; i++) {
    let t = pair.first.x + i * STRIDE_D;
    for (var j = 0u; j < TAPS_H; j++) {
      let r = pair.first.y + j * STRIDE_H;
      for (var l = 0u; l < TAPS_W; l++) {
        let s = pair.first.z + l * STRIDE_W;
        tile[(i * TILE_H + j) * TILE_W + l] = load_tap(pair.at, t, r, s);
      }
    }
  }
  for (var axis = 0u; axis < AXES; axis++) {
    let step = select(select(1u, POINTS, axis == 1u), POINTS * POINTS, axis == 2u);
    for (var i = 0u; i < TILE_SIZE / POINTS; i++) {
      // Axes not yet transformed have only TAPS cells.
      let later = i / step;
      if (later % POINTS < TAPS && later / POINTS < TAPS) {
        let start = later * step * POINTS + i % step;
        var taps: array<f32, TAPS>;
        // @unroll
        for (var j = 0u; j < TAPS; j++) {
          taps[j] = tile[start + j * step];
        }
        let points = transform_line(taps);
        // @unroll
        for (var j = 0u; j < POINTS; j++) {
          tile[start + j * step] = points[j];
        }
      }
    }
  }
  for (var point = 0u; point < TILE_SIZE; point++) {
    transformed[index + point * g.point_stride] = select(tile[point], 0.0, pair.past_end);
  }
}
