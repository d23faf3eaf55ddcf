// The input transform of Winograd's algorithm, V = B^T x along every transformed axis: one thread computes the POINTS^AXES values of one
// tile of one channel. A tile is an array of POINTS^AXES numbers, the last axis fastest (an axis that is not transformed has
// one cell: TILE_D, TILE_H or TILE_W is 1). source and is_padding come from a padding-* snippet.
// slots: first_value, is_padding, load_cell, source, store, subkernel_channel, tile_of_channel, tile_place, transform_line
// constants: AXES, CHANNELS_LAST, OUTPUTS_O, OUTPUTS_P, OUTPUTS_Q, POINTS, STRIDE_D, STRIDE_H, STRIDE_W, TILE_D, TILE_H, TILE_SIZE, TILE_W
fn thread(invocation: u32) {
  let at = tile_of_channel(invocation, g.tiles, g.channels);
  let place = tile_place(g.first_tile + at.tile);
  let channel = subkernel_channel(at.channel, g.group_c);
  let d0 = i32(place.o * OUTPUTS_O * STRIDE_D + channel.first.x) - g.pad_d;
  let h0 = i32(place.p * OUTPUTS_P * STRIDE_H + channel.first.y) - g.pad_h;
  let w0 = i32(place.q * OUTPUTS_Q * STRIDE_W + channel.first.z) - g.pad_w;
  let x_step = select(1u, g.x_stride_w, CHANNELS_LAST);
  var columns_at: array<u32, TILE_W>;
  var columns_padding: array<bool, TILE_W>;
  var columns_beyond: array<bool, TILE_W>;
  // @unroll unless brief
  for (var k = 0u; k < TILE_W; k++) {
    let column = w0 + i32(k * STRIDE_W);
    columns_at[k] = u32(source(column, g.input_w)) * x_step;
    columns_padding[k] = is_padding(column, g.input_w);
    columns_beyond[k] = column >= g.end_w;
  }
  let x_channel = g.x_start + place.n * g.x_stride_n + at.group * g.x_stride_g + channel.c * g.x_stride_c;
  var tile: array<f32, TILE_SIZE>;
  // @unroll unless brief
  for (var i = 0u; i < TILE_D; i++) {
    let slice = d0 + i32(i * STRIDE_D);
    let slice_at = x_channel + u32(source(slice, g.input_d)) * g.x_stride_d;
    let slice_padding = is_padding(slice, g.input_d);
    let slice_beyond = slice >= g.end_d;
    // @unroll unless brief
    for (var j = 0u; j < TILE_H; j++) {
      let row = h0 + i32(j * STRIDE_H);
      let row_at = slice_at + u32(source(row, g.input_h)) * g.x_stride_h;
      let row_padding = slice_padding | is_padding(row, g.input_h);
      let row_beyond = slice_beyond | (row >= g.end_h);
      // @unroll unless brief
      for (var k = 0u; k < TILE_W; k++) {
        tile[(i * TILE_H + j) * TILE_W + k] = load_cell(row_at + columns_at[k], row_padding | columns_padding[k], row_beyond | columns_beyond[k]);
      }
    }
  }

  // @unroll unless brief
  for (var axis = 0u; axis < AXES; axis++) {
    // @unroll unless brief
    for (var i = 0u; i < TILE_SIZE / POINTS; i++) {
      const step = select(select(1u, POINTS, axis == 1u), POINTS * POINTS, axis == 2u);
      const start = i / step * step * POINTS + i % step;
      var line: array<f32, POINTS>;
      // @unroll unless brief
      for (var j = 0u; j < POINTS; j++) {
        line[j] = tile[start + j * step];
      }
      line = transform_line(line);
      // @unroll unless brief
      for (var j = 0u; j < POINTS; j++) {
        tile[start + j * step] = line[j];
      }
    }
  }

  let v_at = first_value(invocation, g.tiles, g.channels, g.matrices);
  // @unroll unless brief
  for (var point = 0u; point < TILE_SIZE; point++) {
    store(v_at + point * g.matrices.point, tile[point], channel.past_end);
  }
}
