// The input transform of Winograd's algorithm line by line (lines.wgsl): V = B^T x.
// slots: first_value, is_padding, load_cell, source, store, subkernel_channel, tile_of_channel, tile_place
// constants: CHANNELS_LAST, C_TAIL, OUTPUTS_O, OUTPUTS_P, OUTPUTS_Q, POINTS, STRIDE_D, STRIDE_H, STRIDE_W, TILE_D, TILE_W
fn load_line(index: u32, line: u32) -> array<f32, POINTS> {
  let at = tile_of_channel(index, g.tiles, g.channels);
  let place = tile_place(g.first_tile + at.tile);
  let channel = subkernel_channel(at.channel, g.group_c);
  let d0 = i32(place.o * OUTPUTS_O * STRIDE_D + channel.first.x) - g.pad_d;
  let h0 = i32(place.p * OUTPUTS_P * STRIDE_H + channel.first.y) - g.pad_h;
  let column = i32((place.q * OUTPUTS_Q + line % TILE_W) * STRIDE_W + channel.first.z) - g.pad_w;
  let column_at = g.x_start + place.n * g.x_stride_n + at.group * g.x_stride_g + channel.c * g.x_stride_c
    + u32(source(column, g.input_w)) * select(1u, g.x_stride_w, CHANNELS_LAST);
  let column_padding = is_padding(column, g.input_w);
  let column_beyond = column >= g.end_w;
  var cells: array<f32, POINTS>;
  // @unroll
  for (var j = 0u; j < POINTS; j++) {
    // Along the first axis that is transformed.
    let slice = d0 + i32(select(0u, j, TILE_D > 1u) * STRIDE_D);
    let row = h0 + i32(select(j, line / TILE_W, TILE_D > 1u) * STRIDE_H);
    cells[j] = load_cell(
      column_at + u32(source(slice, g.input_d)) * g.x_stride_d + u32(source(row, g.input_h)) * g.x_stride_h,
      column_padding | is_padding(slice, g.input_d) | is_padding(row, g.input_h),
      column_beyond | (slice >= g.end_d) | (row >= g.end_h),
    );
  }
  return cells;
}

fn store_line(index: u32, line: u32, points: array<f32, POINTS>) {
  var past_end = false;
  if (C_TAIL) {
    past_end = subkernel_channel(tile_of_channel(index, g.tiles, g.channels).channel, g.group_c).past_end;
  }
  let v_at = first_value(index, g.tiles, g.channels, g.matrices) + line * POINTS * g.matrices.point;
  // @unroll
  for (var j = 0u; j < POINTS; j++) {
    store(v_at + j * g.matrices.point, points[j], past_end);
  }
}
