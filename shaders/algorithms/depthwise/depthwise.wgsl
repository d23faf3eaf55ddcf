// Depthwise correlation: a group has one input channel (a gradient sums over several) and any number of output channels. One thread computes
// TILE_P x TILE_Q outputs of TILE_M output channels of a group: it loads a block of input cells once and uses each cell for every kernel row and
// column that meets it. load and load_weight come from load*.wgsl, source and is_padding from a padding-* snippet, and sum_up from
// one-step or steps. Tiles may reach past the last output; M_TAIL: some tile reaches past the last output
// channel; COLUMN_TAIL: so many columns of a step may lie past the kernel's, and if all may, so may rows. SPLIT: each sum is split
// among g.splits threads, which store partial sums one after the other (reduce-splits.wgsl adds them).
//
// Neighbouring outputs of a tile are OUT_STEP apart, and neighbouring cells one dilation apart: with a dilation, the outputs that share cells are
// not adjacent. The windows of two neighbouring outputs of a tile start SHIFT of its cells apart.
// slots: channel_of, finish, is_cell, is_padding, load, load_bias, load_weight, source, sum_up, weights_of
// constants: ALL_COLUMNS, CHANNELS_LAST, COLUMNS, COLUMN_TAIL, DILATION_D, DILATION_H, DILATION_W, EVERY_CELL, M_TAIL, OUT_STEP_P, OUT_STEP_Q, PADDING_VALUE, PER_P, PER_Q, ROWS, SHIFT_P, SHIFT_Q, SPLIT, STRIDE_D, STRIDE_H, STRIDE_W, TILE_M, TILE_P, TILE_Q
// types: OutputChannels, WeightChannels, Y
struct Depthwise {
  threads: u32, steps: u32, splits: u32, share: u32, reach: u32, stride: u32, partial: u32,
  column_chunks: u32, row_chunks: u32, slices: u32, next_column: u32, next_row: u32, next_slice: u32, next_channel: u32, kernel_r: u32, kernel_s: u32,
  tiles_q: u32, tiles_p: u32, output_o: u32, channel_tiles: u32, tiles_m: u32,
  output_p: u32, output_q: u32, multiplier: u32,
  input_d: i32, input_h: i32, input_w: i32,
  pad_d: i32, pad_h: i32, pad_w: i32,
  x_start: u32, x_stride_n: u32, x_stride_g: u32, x_stride_c: u32, x_stride_d: u32, x_stride_h: u32, x_stride_w: u32,
  y_start: u32, y_stride_n: u32, y_stride_o: u32, y_stride_p: u32, y_stride_q: u32,
  w_start: u32, w_stride_g: u32, w_stride_c: u32, w_stride_t: u32, w_stride_r: u32, w_stride_s: u32,
  @align(16) w_channels: WeightChannels,
  @align(16) y_channels: OutputChannels,
}

// Offsets that are the same in every step of the sum, computed once: those of the weights of each output channel, and of the input columns.
struct Tile {
  split: u32, x_channel: u32, o: u32, p0: u32, left: i32,
  weights_at: array<u32, TILE_M>,
  columns_at: array<u32, CELL_COLUMNS>,
  beyond: array<bool, CELL_COLUMNS>,
}

// The input channel and the first tap of a step.
struct Taps { channel: u32, slice: u32, row: u32, column: u32 }

alias Sums = array<f32, TILE_M * TILE_P * TILE_Q>;

@group(0) @binding(0) var<uniform> g: Depthwise;
@group(0) @binding(3) var<storage, read_write> y: array<Y>;

// For kernel row r, output p reads the row of cells p * PER_P + r, which lies (p * SHIFT_P + r) * DILATION_H below the first. If two outputs
// share no cell (PER is less than SHIFT), only the cells that some output sees are loaded.
const CELL_ROWS = (TILE_P - 1u) * PER_P + ROWS;
const CELL_COLUMNS = (TILE_Q - 1u) * PER_Q + COLUMNS;

fn thread(invocation: u32) {
  var index = invocation;
  var split = 0u;
  if (SPLIT) {
    split = index % g.splits;
    index /= g.splits;
  }
  // Neighbouring threads run along the contiguous axis.
  var channel_tile = 0u;
  if (CHANNELS_LAST) {
    channel_tile = index % g.channel_tiles;
    index /= g.channel_tiles;
  }
  let q_tile = index % g.tiles_q;
  index /= g.tiles_q;
  let p_tile = index % g.tiles_p;
  index /= g.tiles_p;
  let o = index % g.output_o;
  index /= g.output_o;
  if (!CHANNELS_LAST) {
    channel_tile = index % g.channel_tiles;
    index /= g.channel_tiles;
  }
  let n = index;
  let q0 = q_tile / OUT_STEP_Q * (TILE_Q * OUT_STEP_Q) + q_tile % OUT_STEP_Q;
  let p0 = p_tile / OUT_STEP_P * (TILE_P * OUT_STEP_P) + p_tile % OUT_STEP_P;
  let group = channel_tile / g.tiles_m;
  let m0 = channel_tile % g.tiles_m * TILE_M;

  var tile: Tile;
  tile.split = split;
  tile.x_channel = g.x_start + n * g.x_stride_n + group * g.x_stride_g;
  tile.o = o;
  tile.p0 = p0;
  tile.left = i32(q0 * STRIDE_W) - g.pad_w;
  // @unroll
  for (var m = 0u; m < TILE_M; m++) {
    tile.weights_at[m] = g.w_start + group * g.w_stride_g + weights_of(min(m0 + m, g.multiplier - 1u), g.w_channels);
  }
  // @unroll unless brief
  for (var i = 0u; i < CELL_COLUMNS; i++) {
    let column = tile.left + i32((i / PER_Q * SHIFT_Q + i % PER_Q) * DILATION_W);
    tile.columns_at[i] = u32(source(column, g.input_w)) * g.x_stride_w;
    tile.beyond[i] = is_padding(column, g.input_w);
  }

  var sums: Sums;
  sum_up(&sums, &tile);

  // @unroll unless brief
  for (var m = 0u; m < TILE_M; m++) {
    if (select(true, m0 + m < g.multiplier, M_TAIL)) {
      let channel = channel_of(group * g.multiplier + m0 + m);
      let bias = load_bias(channel.index);
      let plane = g.y_start + split * g.partial + n * g.y_stride_n + channel.at + o * g.y_stride_o;
      // @unroll unless brief
      for (var p = 0u; p < TILE_P; p++) {
        if (p0 + p * OUT_STEP_P < g.output_p) {
          let row = plane + (p0 + p * OUT_STEP_P) * g.y_stride_p;
          // @unroll unless brief
          for (var q = 0u; q < TILE_Q; q++) {
            if (q0 + q * OUT_STEP_Q < g.output_q && (EVERY_CELL || is_cell(channel, vec3u(o, p0 + p * OUT_STEP_P, q0 + q * OUT_STEP_Q)))) {
              let position = row + (q0 + q * OUT_STEP_Q) * g.y_stride_q;
              y[position] = Y(finish(sums[(m * TILE_P + p) * TILE_Q + q], bias, position));
            }
          }
        }
      }
    }
  }
}

fn cell_of(row: u32, row_beyond: bool, column: i32) -> f32 {
  let cell = load(row + u32(source(column, g.input_w)) * g.x_stride_w);
  return select(cell, PADDING_VALUE, row_beyond | is_padding(column, g.input_w));
}

// Adds ROWS x COLUMNS taps of the kernel to the sums of a tile.
fn accumulate(sums: ptr<function, Sums>, tile: ptr<function, Tile>, at: Taps) {
  let d = i32((*tile).o * STRIDE_D + at.slice * DILATION_D) - g.pad_d;
  let slice = (*tile).x_channel + at.channel * g.x_stride_c + u32(source(d, g.input_d)) * g.x_stride_d;
  var cells: array<f32, CELL_ROWS * CELL_COLUMNS>;
  // @unroll unless brief
  for (var j = 0u; j < CELL_ROWS; j++) {
    let h = i32((*tile).p0 * STRIDE_H + (at.row + j / PER_P * SHIFT_P + j % PER_P) * DILATION_H) - g.pad_h;
    let row = slice + u32(source(h, g.input_h)) * g.x_stride_h;
    let row_beyond = is_padding(d, g.input_d) | is_padding(h, g.input_h);
    // @unroll unless brief
    for (var i = 0u; i < CELL_COLUMNS; i++) {
      if (ALL_COLUMNS) {
        let cell = load(row + (*tile).columns_at[i]);
        cells[j * CELL_COLUMNS + i] = select(cell, PADDING_VALUE, row_beyond | (*tile).beyond[i]);
      } else {
        let column = (*tile).left + i32((at.column + i / PER_Q * SHIFT_Q + i % PER_Q) * DILATION_W);
        cells[j * CELL_COLUMNS + i] = cell_of(row, row_beyond, column);
      }
    }
  }
  // @unroll
  for (var r = 0u; r < ROWS; r++) {
    let row_at = at.channel * g.w_stride_c + at.slice * g.w_stride_t + (at.row + r) * g.w_stride_r;
    // @unroll
    for (var s = 0u; s < COLUMNS - COLUMN_TAIL; s++) {
      let tap_at = row_at + (at.column + s) * g.w_stride_s;
      // @unroll
      for (var m = 0u; m < TILE_M; m++) {
        let weight = load_weight((*tile).weights_at[m] + tap_at);
        // @unroll
        for (var p = 0u; p < TILE_P; p++) {
          // @unroll
          for (var q = 0u; q < TILE_Q; q++) {
            let cell = cells[(p * PER_P + r) * CELL_COLUMNS + q * PER_Q + s];
            const own = (m * TILE_P + p) * TILE_Q + q;
            (*sums)[own] = fma(cell, weight, (*sums)[own]);
          }
        }
      }
    }
    // The last chunks may have fewer rows and columns: a tap past the kernel adds 0 times 0, whatever the cells hold.
    // @unroll
    for (var s = COLUMNS - COLUMN_TAIL; s < COLUMNS; s++) {
      let past = (at.row + r >= g.kernel_r) | (at.column + s >= g.kernel_s);
      let tap_at = select(row_at + (at.column + s) * g.w_stride_s, 0u, past);
      // @unroll
      for (var m = 0u; m < TILE_M; m++) {
        let weight = select(load_weight((*tile).weights_at[m] + tap_at), 0.0, past);
        // @unroll
        for (var p = 0u; p < TILE_P; p++) {
          // @unroll
          for (var q = 0u; q < TILE_Q; q++) {
            let cell = select(cells[(p * PER_P + r) * CELL_COLUMNS + q * PER_Q + s], 0.0, past);
            const own = (m * TILE_P + p) * TILE_Q + q;
            (*sums)[own] = fma(cell, weight, (*sums)[own]);
          }
        }
      }
    }
  }
}
