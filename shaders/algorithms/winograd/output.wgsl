// The output transform of Winograd's algorithm, y = epilogue(A^T M) along every transformed axis: one thread computes the outputs of one
// tile of one channel, OUTPUTS along every transformed axis. A tile is an array of POINTS^AXES numbers, the last axis fastest.
// The points are 0, +-a_1 .. +-a_PAIRS and infinity: even powers of a pair take the sum of its two values, odd ones the
// difference. Tiles may reach past the last output.
// slots: channel_of, epilogue, is_cell, matrix_offset, tile_of_channel, tile_place
// constants: AXES, EVERY_CELL, OUTPUTS, OUTPUTS_O, OUTPUTS_P, OUTPUTS_Q, PAIRS, POINTS, POWERS, TILE_H, TILE_SIZE, TILE_W
// types: MatrixStrides, OutputChannels, Y
struct Output {
  threads: u32,
  tiles: u32, group_k: u32,
  first_tile: u32, tiles_o: u32, tiles_p: u32, tiles_q: u32,
  output_o: u32, output_p: u32, output_q: u32,
  y_start: u32, y_stride_n: u32, y_stride_o: u32, y_stride_p: u32, y_stride_q: u32,
  @align(16) y_channels: OutputChannels,
  @align(16) matrix: MatrixStrides,
}

@group(0) @binding(0) var<uniform> g: Output;
@group(0) @binding(1) var<storage, read> products: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<Y>;

const STEPS = array<u32, 3>(1u, POINTS, POINTS * POINTS);

fn thread(invocation: u32) {
  let at = tile_of_channel(invocation, g.tiles, g.group_k);
  let m_at = matrix_offset(at, g.matrix);
  var tile: array<f32, TILE_SIZE>;
  // @unroll
  for (var point = 0u; point < TILE_SIZE; point++) {
    tile[point] = products[m_at + point * g.matrix.point];
  }
  // @unroll
  for (var axis = 0u; axis < AXES; axis++) {
    // @unroll
    for (var i = 0u; i < TILE_SIZE / POINTS; i++) {
      // Axes already transformed have only OUTPUTS cells.
      let step = STEPS[axis];
      if (i % step % POINTS < OUTPUTS && i % step / POINTS < OUTPUTS) {
        let start = i / step * step * POINTS + i % step;
        var line: array<f32, POINTS>;
        // @unroll
        for (var j = 0u; j < POINTS; j++) {
          line[j] = tile[start + j * step];
        }
        let outputs = transform_line(line);
        // @unroll
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
  // @unroll
  for (var i = 0u; i < OUTPUTS_O; i++) {
    // @unroll
    for (var j = 0u; j < OUTPUTS_P; j++) {
      let row_at = y_at + (o0 + i) * g.y_stride_o + (p0 + j) * g.y_stride_p;
      let row_inside = (o0 + i < g.output_o) & (p0 + j < g.output_p);
      // @unroll
      for (var l = 0u; l < OUTPUTS_Q; l++) {
        if ((row_inside & (q0 + l < g.output_q)) && (EVERY_CELL || is_cell(channel, vec3u(o0 + i, p0 + j, q0 + l)))) {
          let index = row_at + (q0 + l) * g.y_stride_q;
          y[index] = Y(epilogue(tile[(i * TILE_H + j) * TILE_W + l], channel.index, index));
        }
      }
    }
  }
}

// A^T m: the outputs of a line of points.
fn transform_line(m: array<f32, POINTS>) -> array<f32, OUTPUTS> {
  var outputs: array<f32, OUTPUTS>;
  var sums: array<f32, PAIRS>;
  var differences: array<f32, PAIRS>;
  // @unroll
  for (var pair = 0u; pair < PAIRS; pair++) {
    sums[pair] = m[2u * pair + 1u] + m[2u * pair + 2u];
    differences[pair] = m[2u * pair + 1u] - m[2u * pair + 2u];
  }
  // @unroll
  for (var j = 0u; j < OUTPUTS; j++) {
    var sum = 0.0;
    if (j == 0u) {
      sum = m[0];
    }
    if (j == OUTPUTS - 1u) {
      sum += m[2u * PAIRS + 1u];
    }
    // @unroll
    for (var pair = 0u; pair < PAIRS; pair++) {
      if (j % 2u == 0u) {
        sum = fma(POWERS[pair * OUTPUTS + j], sums[pair], sum);
      } else {
        sum = fma(POWERS[pair * OUTPUTS + j], differences[pair], sum);
      }
    }
    outputs[j] = sum;
  }
  return outputs;
}
