// The output transform of Winograd's algorithm line by line (lines.wgsl), the last axis first: y = epilogue(A^T M). Tiles may reach past the last output.
// slots: channel_of, epilogue, first_value, is_cell, tile_of_channel, tile_place
// constants: EVERY_CELL, OUTPUTS, OUTPUTS_O, OUTPUTS_P, OUTPUTS_Q, POINTS, TILE_D, TILE_W
// types: Y
fn load_line(index: u32, line: u32) -> array<f32, POINTS> {
  let m_at = first_value(index, g.tiles, g.group_k, g.matrices) + line * POINTS * g.matrices.point;
  var points: array<f32, POINTS>;
  // @unroll
  for (var j = 0u; j < POINTS; j++) {
    points[j] = products[m_at + j * g.matrices.point];
  }
  return points;
}

fn store_line(index: u32, line: u32, outputs: array<f32, OUTPUTS>) {
  let at = tile_of_channel(index, g.tiles, g.group_k);
  let place = tile_place(g.first_tile + at.tile);
  let channel = channel_of(at.group * g.group_k + at.channel);
  let y_at = g.y_start + place.n * g.y_stride_n + channel.at;
  let l = line % TILE_W;
  let q = place.q * OUTPUTS_Q + l;
  let inside = (l < OUTPUTS_Q) & (line / TILE_W < OUTPUTS_P) & (q < g.output_q);
  // @unroll
  for (var j = 0u; j < OUTPUTS; j++) {
    // Along the first axis that is transformed.
    let o = place.o * OUTPUTS_O + select(0u, j, TILE_D > 1u);
    let p = place.p * OUTPUTS_P + select(j, line / TILE_W, TILE_D > 1u);
    if ((inside & (o < g.output_o) & (p < g.output_p)) && (EVERY_CELL || is_cell(channel, vec3u(o, p, q)))) {
      let index = y_at + o * g.y_stride_o + p * g.y_stride_p + q * g.y_stride_q;
      y[index] = Y(epilogue(outputs[j], channel.index, index));
    }
  }
}
