// Direct correlation. One thread computes TILE_Q neighbouring outputs of a row for TILE_V vectors of output channels: for each input channel and
// kernel row it loads the stretch of input that its outputs see, once, and one vector of weights for each kernel column. V is a vector of LANES
// output channels (vec4f or f32). load_weights comes from a weights-* snippet, load from load.wgsl, source and is_padding from a padding-*
// snippet. Rows of outputs may end within a tile. K_TAIL: some tile reaches past the last channel. WHOLE_ROWS: a stretch covers a row of the
// kernel; COLUMN_TAIL: the last stretch of a row may reach past it. places: outputs of an image, TILE_Q at a time, in whole quads. DOWN: rows and
// columns have changed places, so that rows are what is not contiguous.
// slots: is_padding, lane_channels, lane_offsets, load, load_weights, source, store
// constants: CELLS_PER_COLUMN, CELLS_PER_OUTPUT, CELL_STEP, CHANNELS_LAST, COLUMNS, COLUMN_TAIL, DILATION_D, DILATION_H, DILATION_W, DOWN, LANES, PADDING_VALUE, ROWS, STRIDE_D, STRIDE_H, STRIDE_W, TILE_Q, TILE_V, WHOLE_ROWS
// types: LaneChannels, LaneOffsets, OutputChannels, V, WeightChannels, Y
struct Direct {
  threads: u32, steps: u32,
  tiles_q: u32, places: u32, tiles_k: u32, first_tile: u32, tiles: u32,
  output_p: u32, output_o: u32, output_q: u32,
  group_c: u32, group_k: u32,
  kernel_t: u32, kernel_r: u32, kernel_s: u32,
  input_d: i32, input_h: i32, input_w: i32,
  pad_d: i32, pad_h: i32, pad_w: i32,
  x_start: u32, x_stride_n: u32, x_stride_g: u32, x_stride_c: u32, x_stride_d: u32, x_stride_h: u32, x_stride_w: u32,
  y_start: u32, y_stride_n: u32, y_stride_o: u32, y_stride_p: u32, y_stride_q: u32,
  w_start: u32, w_stride_g: u32, w_stride_c: u32, w_stride_t: u32, w_stride_r: u32, w_stride_s: u32,
  @align(16) w_channels: WeightChannels,
  @align(16) y_channels: OutputChannels,
}

@group(0) @binding(0) var<uniform> g: Direct;
@group(0) @binding(3) var<storage, read_write> y: array<Y>;

// A stretch holds the cells that TILE_Q outputs see through COLUMNS kernel columns: cell i lies CELL_STEP * i to the right of the
// first, and output q sees through column s the cell q * CELLS_PER_OUTPUT + s * CELLS_PER_COLUMN.
const CELLS = (TILE_Q - 1u) * CELLS_PER_OUTPUT + (COLUMNS - 1u) * CELLS_PER_COLUMN + 1u;

fn thread(invocation: u32) {
  // With DOWN, neighbouring threads run along the contiguous axis.
  let inner = select(g.places, g.tiles_k, DOWN & CHANNELS_LAST);
  let outer = invocation / inner;
  let place = select(invocation % inner, outer % g.places, DOWN & CHANNELS_LAST);
  // A tile of channels of a group.
  let index = select(outer, outer / g.places * g.tiles_k + invocation % inner, DOWN & CHANNELS_LAST);
  let tile = g.first_tile + index % g.tiles;
  let k0 = tile % g.tiles_k * TILE_V * LANES;
  let q0 = select(place % g.tiles_q, place / g.output_p % g.tiles_q, DOWN) * TILE_Q;
  let p = select(place / g.tiles_q % g.output_p, place % g.output_p, DOWN);
  let o = place / g.tiles_q / g.output_p;
  let group = tile / g.tiles_k;
  let n = index / g.tiles;

  // Offsets that are the same in every step of the sum, computed once: those of the weights of each output channel, and of the input columns.
  var lanes_at: array<LaneOffsets, TILE_V>;
  // @unroll
  for (var v = 0u; v < TILE_V; v++) {
    lanes_at[v] = lane_offsets(group, k0 + v * LANES, invocation % 4u);
  }
  let x_step = select(1u, g.x_stride_w, CHANNELS_LAST | DOWN);
  let left = i32(q0 * STRIDE_W) - g.pad_w;
  var columns_at: array<u32, CELLS>;
  var beyond: array<bool, CELLS>;
  // @unroll unless brief
  for (var i = 0u; i < CELLS; i++) {
    let w = left + i32(CELL_STEP * i);
    columns_at[i] = u32(source(w, g.input_w)) * x_step;
    beyond[i] = is_padding(w, g.input_w);
  }

  var sums: array<V, TILE_Q * TILE_V>;
  var weights_at = g.w_start;
  var x_channel = g.x_start + n * g.x_stride_n + group * g.x_stride_g;
  // A single loop over input channels, kernel slices, kernel rows and stretches of columns: nested loops would carry every sum from one level to
  // the next, for which some compilers copy the whole tile.
  var t = 0u;
  var r0 = 0u;
  var s0 = 0u;
  for (var step = 0u; step < g.steps; step++) {
    let d = i32(o * STRIDE_D + t * DILATION_D) - g.pad_d;
    let slice = x_channel + u32(source(d, g.input_d)) * g.x_stride_d;
    // @unroll unless brief
    for (var j = 0u; j < ROWS; j++) {
      let h = i32(p * STRIDE_H + (r0 + j) * DILATION_H) - g.pad_h;
      let row = slice + u32(source(h, g.input_h)) * g.x_stride_h;
      let row_beyond = is_padding(d, g.input_d) | is_padding(h, g.input_h);
      var cells: array<f32, CELLS>;
      // @unroll unless brief
      for (var i = 0u; i < CELLS; i++) {
        if (WHOLE_ROWS) {
          cells[i] = select(load(row + columns_at[i]), PADDING_VALUE, row_beyond | beyond[i]);
        } else {
          cells[i] = cell_of(row, row_beyond, left + i32(s0 * DILATION_W + CELL_STEP * i), x_step);
        }
      }
      let taps_at = weights_at + t * g.w_stride_t + (r0 + j) * g.w_stride_r + s0 * g.w_stride_s;
      // @unroll
      for (var s = 0u; s < COLUMNS; s++) {
        // A column past the end of a row adds 0 times 0, whatever the cells hold.
        let past = select(false, s0 + s >= g.kernel_s, COLUMN_TAIL);
        var own: array<f32, TILE_Q>;
        // @unroll
        for (var q = 0u; q < TILE_Q; q++) {
          own[q] = select(cells[q * CELLS_PER_OUTPUT + s * CELLS_PER_COLUMN], 0.0, past);
        }
        // @unroll
        for (var v = 0u; v < TILE_V; v++) {
          let weight = select(load_weights(taps_at + s * g.w_stride_s, lanes_at[v]), V(), past);
          // @unroll
          for (var q = 0u; q < TILE_Q; q++) {
            sums[q * TILE_V + v] = fma(V(own[q]), weight, sums[q * TILE_V + v]);
          }
        }
      }
    }
    let row_done = s0 + COLUMNS >= g.kernel_s;
    s0 = select(s0 + COLUMNS, 0u, row_done);
    r0 = select(r0, r0 + ROWS, row_done);
    let slice_done = r0 == g.kernel_r;
    r0 = select(r0, 0u, slice_done);
    t = select(t, t + 1u, slice_done);
    let channel_done = t == g.kernel_t;
    t = select(t, 0u, channel_done);
    x_channel += select(0u, g.x_stride_c, channel_done);
    weights_at += select(0u, g.w_stride_c, channel_done);
  }

  let y_tile = g.y_start + n * g.y_stride_n + o * g.y_stride_o + p * g.y_stride_p;
  // Found once: their outputs are stored in branches.
  var channels: array<LaneChannels, TILE_V>;
  // @unroll
  for (var v = 0u; v < TILE_V; v++) {
    channels[v] = lane_channels(group * g.group_k + k0 + v * LANES);
  }
  // The places that complete a quad store nothing.
  let end = select(0u, g.output_q, o < g.output_o);
  // Stored from a copy, which a loop may index.
  var results: array<V, TILE_Q * TILE_V>;
  // @unroll
  for (var i = 0u; i < TILE_Q * TILE_V; i++) {
    results[i] = sums[i];
  }
  // @unroll unless compact
  for (var q = 0u; q < TILE_Q; q++) {
    if (q0 + q < end) {
      let at = y_tile + (q0 + q) * g.y_stride_q;
      let output = select(vec3u(o, p, q0 + q), vec3u(o, q0 + q, p), DOWN);
      // @unroll unless compact
      for (var v = 0u; v < TILE_V; v++) {
        store(results[q * TILE_V + v], channels[v], k0 + v * LANES, at, output);
      }
    }
  }
}

fn cell_of(row: u32, row_beyond: bool, w: i32, x_step: u32) -> f32 {
  let cell = load(row + u32(source(w, g.input_w)) * x_step);
  return select(cell, PADDING_VALUE, row_beyond | is_padding(w, g.input_w));
}
