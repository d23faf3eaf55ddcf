// The output transform of Winograd's algorithm, y = epilogue(A^T M) along every transformed axis: one thread computes the outputs of one
// tile of one channel, OUTPUTS along every transformed axis. A tile is an array of POINTS^AXES numbers, the last axis fastest. Tiles may reach
// past the last output.
// slots: channel_of, epilogue, first_value, is_cell, tile_of_channel, tile_place, transform_line
// constants: AXES, EVERY_CELL, OUTPUTS, OUTPUTS_O, OUTPUTS_P, OUTPUTS_Q, POINTS, TILE_H, TILE_SIZE, TILE_W
// types: Y
fn thread(invocation: u32) {
  let at = tile_of_channel(invocation, g.tiles, g.group_k);
  let m_at = first_value(invocation, g.tiles, g.group_k, g.matrices);
  var tile: array<f32, TILE_SIZE>;
  // @unroll unless brief
  for (var point = 0u; point < TILE_SIZE; point++) {
    tile[point] = products[m_at + point * g.matrices.point];
  }
  // @unroll unless brief
  for (var axis = 0u; axis < AXES; axis++) {
    // @unroll unless brief
    for (var i = 0u; i < TILE_SIZE / POINTS; i++) {
      // Axes already transformed have only OUTPUTS cells.
      const step = select(select(1u, POINTS, axis == 1u), POINTS * POINTS, axis == 2u);
      if (i % step % POINTS < OUTPUTS && i % step / POINTS < OUTPUTS) {
        const start = i / step * step * POINTS + i % step;
        var line: array<f32, POINTS>;
        // @unroll unless brief
        for (var j = 0u; j < POINTS; j++) {
          line[j] = tile[start + j * step];
        }
        let outputs = transform_line(line);
        // @unroll unless brief
        for (var j = 0u; j < OUTPUTS; j++) {
          tile[start + j * step] = outputs[j];
        }
      }
    }
  }

  let place = tile_place(g.first_tile + at.tile);
  let o0 = place.o * OUTPUTS_O;
  let p0 = place.p * OUTPUTS_P;
  let q0 = place.q * OUTPUTS_Q;
  let channel = channel_of(at.group * g.group_k + at.channel);
  let y_at = g.y_start + place.n * g.y_stride_n + channel.at;
  // Stored from a copy, which a loop may index.
  var results: array<f32, TILE_SIZE>;
  // @unroll unless brief
  for (var point = 0u; point < TILE_SIZE; point++) {
    results[point] = tile[point];
  }
  // @unroll unless compact
  for (var i = 0u; i < OUTPUTS_O; i++) {
    // @unroll unless compact
    for (var j = 0u; j < OUTPUTS_P; j++) {
      let row_at = y_at + (o0 + i) * g.y_stride_o + (p0 + j) * g.y_stride_p;
      let row_inside = (o0 + i < g.output_o) & (p0 + j < g.output_p);
      // @unroll unless brief
      for (var l = 0u; l < OUTPUTS_Q; l++) {
        if ((row_inside & (q0 + l < g.output_q)) && (EVERY_CELL || is_cell(channel, vec3u(o0 + i, p0 + j, q0 + l)))) {
          let index = row_at + (q0 + l) * g.y_stride_q;
          y[index] = Y(epilogue(results[(i * TILE_H + j) * TILE_W + l], channel.index, index));
        }
      }
    }
  }
}
