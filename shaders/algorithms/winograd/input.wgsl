// The input transform of Winograd's algorithm, V = B^T x along every transformed axis: one thread computes the POINTS^AXES values of one
// tile of one channel. A tile is an array of POINTS^AXES numbers, the last axis fastest (an axis that is not transformed has
// one cell: TILE_D, TILE_H or TILE_W is 1). The points are 0, +-a_1 .. +-a_PAIRS and infinity; the two rows of B^T of a pair differ
// only in the sign of their odd half, so each half is computed once. An input channel is one channel of x as one subkernel sees it
// (subkernels.wgsl): neighbouring cells of a tile are one stride apart. ZEROS_BEYOND: a tile may reach past the last cells that outputs see; these
// cells must count as zeros, but memory holds other values there. C_TAIL: channels beyond the last get zeros, which pad the sums to whole
// vectors. load comes from load.wgsl, source and is_padding from a padding-* snippet.
// slots: is_padding, load, matrix_offset, source, subkernel_channel, tile_of_channel, tile_place
// constants: AXES, CHANNELS_LAST, C_TAIL, HALVES, OUTPUTS_O, OUTPUTS_P, OUTPUTS_Q, PADDING_VALUE, PAIRS, PAIR_POINTS, POINTS, STRIDE_D, STRIDE_H, STRIDE_W, TILE_D, TILE_H, TILE_SIZE, TILE_W, WHOLE, ZEROS_BEYOND
// types: MatrixStrides
struct Input {
  threads: u32,
  channels: u32, group_c: u32, tiles: u32, first_tile: u32,
  subkernels_d: u32, subkernels_h: u32, subkernels_w: u32,
  tiles_o: u32, tiles_p: u32, tiles_q: u32,
  input_d: i32, input_h: i32, input_w: i32,
  pad_d: i32, pad_h: i32, pad_w: i32,
  end_d: i32, end_h: i32, end_w: i32,
  x_start: u32, x_stride_n: u32, x_stride_g: u32, x_stride_c: u32, x_stride_d: u32, x_stride_h: u32, x_stride_w: u32,
  @align(16) matrix: MatrixStrides,
}

@group(0) @binding(0) var<uniform> g: Input;
@group(0) @binding(3) var<storage, read_write> transformed: array<f32>;

const STEPS = array<u32, 3>(1u, POINTS, POINTS * POINTS);

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
  // @unroll
  for (var k = 0u; k < TILE_W; k++) {
    let column = w0 + i32(k * STRIDE_W);
    columns_at[k] = u32(source(column, g.input_w)) * x_step;
    columns_padding[k] = is_padding(column, g.input_w);
    columns_beyond[k] = column >= g.end_w;
  }
  let x_channel = g.x_start + place.n * g.x_stride_n + at.group * g.x_stride_g + channel.c * g.x_stride_c;
  var tile: array<f32, TILE_SIZE>;
  // @unroll
  for (var i = 0u; i < TILE_D; i++) {
    let slice = d0 + i32(i * STRIDE_D);
    let slice_at = x_channel + u32(source(slice, g.input_d)) * g.x_stride_d;
    let slice_padding = is_padding(slice, g.input_d);
    let slice_beyond = slice >= g.end_d;
    // @unroll
    for (var j = 0u; j < TILE_H; j++) {
      let row = h0 + i32(j * STRIDE_H);
      let row_at = slice_at + u32(source(row, g.input_h)) * g.x_stride_h;
      let row_padding = slice_padding | is_padding(row, g.input_h);
      let row_beyond = slice_beyond | (row >= g.end_h);
      // @unroll
      for (var k = 0u; k < TILE_W; k++) {
        tile[(i * TILE_H + j) * TILE_W + k] = load_cell(row_at + columns_at[k], row_padding | columns_padding[k], row_beyond | columns_beyond[k]);
      }
    }
  }

  // @unroll
  for (var axis = 0u; axis < AXES; axis++) {
    // @unroll
    for (var i = 0u; i < TILE_SIZE / POINTS; i++) {
      let step = STEPS[axis];
      let start = i / step * step * POINTS + i % step;
      var line: array<f32, POINTS>;
      // @unroll
      for (var j = 0u; j < POINTS; j++) {
        line[j] = tile[start + j * step];
      }
      line = transform_line(line);
      // @unroll
      for (var j = 0u; j < POINTS; j++) {
        tile[start + j * step] = line[j];
      }
    }
  }

  let v_at = matrix_offset(at, g.matrix);
  // @unroll
  for (var point = 0u; point < TILE_SIZE; point++) {
    store(v_at + point * g.matrix.point, tile[point], channel.past_end);
  }
}

fn load_cell(at: u32, padding: bool, beyond: bool) -> f32 {
  let cell = select(load(at), PADDING_VALUE, padding);
  if (ZEROS_BEYOND) {
    return select(cell, 0.0, beyond);
  }
  return cell;
}

fn store(at: u32, value: f32, past_end: bool) {
  if (C_TAIL) {
    transformed[at] = select(value, 0.0, past_end);
  } else {
    transformed[at] = value;
  }
}

// B^T d: the points of a line of cells.
fn transform_line(d: array<f32, POINTS>) -> array<f32, POINTS> {
  var points: array<f32, POINTS>;
  var at_zero = d[2u * PAIRS];
  var at_infinity = d[2u * PAIRS + 1u];
  // @unroll
  for (var e = 0u; e < PAIRS; e++) {
    at_zero = fma(WHOLE[e], d[2u * e], at_zero);
    at_infinity = fma(WHOLE[e], d[2u * e + 1u], at_infinity);
  }
  points[0] = at_zero;
  points[2u * PAIRS + 1u] = at_infinity;
  // @unroll
  for (var pair = 0u; pair < PAIRS; pair++) {
    var even = d[2u * PAIRS];
    var odd = d[2u * PAIRS - 1u];
    // @unroll
    for (var e = 0u; e < PAIRS - 1u; e++) {
      even = fma(HALVES[pair * PAIRS + e], d[2u * e + 2u], even);
      odd = fma(HALVES[pair * PAIRS + e], d[2u * e + 1u], odd);
    }
    points[2u * pair + 1u] = fma(PAIR_POINTS[pair], odd, even);
    points[2u * pair + 2u] = fma(-PAIR_POINTS[pair], odd, even);
  }
  return points;
}
