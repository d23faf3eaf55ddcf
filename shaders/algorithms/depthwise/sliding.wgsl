// Depthwise correlation with one output channel a group, on GPUs. One thread computes a strip of TILE_Q neighbouring outputs, g.rows high, of
// LANES channels: it loads each row of input cells once and adds it to all outputs that see it, of which DEPTH are unfinished at a time. The
// weights stay in registers. V is a vector of LANES channels (vec4f or f32); load_biases, load_cells, load_taps and store come from one.wgsl or four.wgsl,
// source and is_padding from a padding-* snippet.
//
// Neighbouring outputs of a strip are OUT_STEP apart, and neighbouring cells one dilation apart, as in depthwise.wgsl; the windows of two
// neighbouring outputs start SHIFT cells apart, of which PER are loaded.
// slots: channel_of, finish, is_padding, load_biases, load_cells, load_taps, source, store, strip_of
// constants: CHANNELS_LAST, COLUMNS, DILATION_H, DILATION_W, LANES, OUT_STEP_P, OUT_STEP_Q, PADDING_VALUE, PER_P, PER_Q, ROWS, SHIFT_P, SHIFT_Q, STRIDE_H, STRIDE_W, TILE_Q
// types: OutputChannels, V, Y
struct Sliding {
  threads: u32, rows: u32, strips: u32, tiles_q: u32, channels: u32,
  output_p: u32, output_q: u32,
  input_h: i32, input_w: i32,
  pad_h: i32, pad_w: i32,
  // Strides of x and w are in vectors.
  x_start: u32, x_stride_n: u32, x_channel: u32, x_stride_h: u32, x_stride_w: u32,
  w_start: u32, w_channel: u32, w_stride_r: u32, w_stride_s: u32,
  y_start: u32, y_stride_n: u32, y_stride_p: u32, y_stride_q: u32,
  @align(16) y_channels: OutputChannels,
}

@group(0) @binding(0) var<uniform> g: Sliding;
@group(0) @binding(3) var<storage, read_write> y: array<Y>;

const CELL_COLUMNS = (TILE_Q - 1u) * PER_Q + COLUMNS;
const DEPTH = (ROWS + SHIFT_P - 1u) / SHIFT_P;

fn thread(invocation: u32) {
  let found = strip_of(invocation, g.channels, g.tiles_q, g.strips);
  let n = found.n;
  let channel = found.channel;
  let q_tile = found.column;
  let strip = found.strip;
  let q0 = q_tile / OUT_STEP_Q * (TILE_Q * OUT_STEP_Q) + q_tile % OUT_STEP_Q;
  let p0 = strip / OUT_STEP_P * (g.rows * OUT_STEP_P) + strip % OUT_STEP_P;

  var weights: array<V, ROWS * COLUMNS>;
  let taps_at = g.w_start + channel * g.w_channel;
  // @unroll
  for (var r = 0u; r < ROWS; r++) {
    // @unroll
    for (var s = 0u; s < COLUMNS; s++) {
      weights[r * COLUMNS + s] = load_taps(taps_at + r * g.w_stride_r + s * g.w_stride_s);
    }
  }
  let x_step = select(1u, g.x_stride_w, CHANNELS_LAST);
  let left = i32(q0 * STRIDE_W) - g.pad_w;
  var columns_at: array<u32, CELL_COLUMNS>;
  var beyond: array<bool, CELL_COLUMNS>;
  // @unroll
  for (var i = 0u; i < CELL_COLUMNS; i++) {
    let column = left + i32((i / PER_Q * SHIFT_Q + i % PER_Q) * DILATION_W);
    columns_at[i] = u32(source(column, g.input_w)) * x_step;
    beyond[i] = is_padding(column, g.input_w);
  }
  // Where the outputs of a row of the strip are stored, and whether the map has them.
  var row_at = g.y_start + n * g.y_stride_n + channel_of(channel * LANES).at + p0 * g.y_stride_p;
  var outputs_at: array<u32, TILE_Q>;
  var is_output: array<bool, TILE_Q>;
  // @unroll
  for (var q = 0u; q < TILE_Q; q++) {
    outputs_at[q] = (q0 + q * OUT_STEP_Q) * g.y_stride_q;
    is_output[q] = q0 + q * OUT_STEP_Q < g.output_q;
  }
  let bias = load_biases(channel * LANES);
  let x_plane = g.x_start + n * g.x_stride_n + channel * g.x_channel;

  // The last strip has fewer rows.
  let left_over = max(i32(g.output_p) - i32(p0), 0);
  let rows = min(g.rows, (u32(left_over) + OUT_STEP_P - 1u) / OUT_STEP_P);
  var h = i32(p0 * STRIDE_H) - g.pad_h;
  var sums: array<V, DEPTH * TILE_Q>;
  for (var turn = 0u; turn < rows + DEPTH - 1u; turn++) {
    var cells: array<V, PER_P * CELL_COLUMNS>;
    // @unroll
    for (var i = 0u; i < PER_P; i++) {
      let cell_row = h + i32(i * DILATION_H);
      let row = x_plane + u32(source(cell_row, g.input_h)) * g.x_stride_h;
      let row_beyond = is_padding(cell_row, g.input_h);
      // @unroll
      for (var j = 0u; j < CELL_COLUMNS; j++) {
        cells[i * CELL_COLUMNS + j] = select(load_cells(row + columns_at[j]), V(PADDING_VALUE), row_beyond | beyond[j]);
      }
    }
    h += i32(SHIFT_P * DILATION_H);
    // The oldest outputs first, which are then finished: the others take their registers one after the other.
    // @unroll
    for (var k = 0u; k < DEPTH; k++) {
      // @unroll
      for (var i = 0u; i < PER_P; i++) {
        if ((DEPTH - 1u - k) * SHIFT_P + i < ROWS) {
          // @unroll
          for (var s = 0u; s < COLUMNS; s++) {
            let weight = weights[min((DEPTH - 1u - k) * SHIFT_P + i, ROWS - 1u) * COLUMNS + s];
            // @unroll
            for (var q = 0u; q < TILE_Q; q++) {
              sums[k * TILE_Q + q] = fma(cells[i * CELL_COLUMNS + q * PER_Q + s], weight, sums[k * TILE_Q + q]);
            }
          }
        }
      }
      if (k == 0u) {
        if (turn >= DEPTH - 1u) {
          // @unroll
          for (var q = 0u; q < TILE_Q; q++) {
            if (is_output[q]) {
              store(sums[q], bias, row_at + outputs_at[q]);
            }
          }
          row_at += OUT_STEP_P * g.y_stride_p;
        }
      }
    }
    // @unroll
    for (var k = 0u; k < DEPTH; k++) {
      // @unroll
      for (var q = 0u; q < TILE_Q; q++) {
        sums[k * TILE_Q + q] = select(V(), sums[min(k + 1u, DEPTH - 1u) * TILE_Q + q], k + 1u < DEPTH);
      }
    }
  }
}

fn store_one(sum: f32, bias: f32, at: u32) {
  y[at] = Y(finish(sum, bias, at));
}
