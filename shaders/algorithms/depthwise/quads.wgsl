// Depthwise correlation with one output channel a group, in quads: four neighbouring invocations, which are also neighbours in a subgroup. A quad
// computes TILE_P rows of 4 * TILE_Q neighbouring outputs of a channel; lane l has every fourth from output l on. Cells of a row that are STRIDE_W
// apart are a phase of it. Each lane loads every fourth cell of each phase, and every fourth tap; what windows that start elsewhere need, it gets
// from the others. Either all four lanes get here or none does, but no compiler can prove it, so the diagnostic is off. load and load_weight come
// from load*.wgsl, source and is_padding from a padding-* snippet. Tiles may reach past the last output.
//
// REPEATS: cells past the ends of a row are others of the row; otherwise they have PADDING_VALUE, and whatever lies there is loaded and dropped.
// FLIPPED: the last tap comes first in memory. Rows of a tile are OUT_STEP_P apart, and their windows start SHIFT_P cells apart, of which PER_P are
// loaded, as in depthwise.wgsl.
// slots: channel_of, finish, is_padding, load, load_bias, load_weight, source
// constants: COLUMNS, DILATION_H, DILATION_W, FLIPPED, OUT_STEP_P, PADDING_VALUE, PER_P, REPEATS, ROWS, SHIFT_P, STRIDE_H, STRIDE_W, TILE_P, TILE_Q
// types: OutputChannels, WeightChannels, Y
enable subgroups;
diagnostic(off, subgroup_uniformity);

struct DepthwiseQuads {
  threads: u32, tiles_q: u32, tiles_p: u32, channels: u32,
  output_p: u32, output_q: u32,
  input_h: i32, input_w: i32,
  pad_h: i32, pad_w: i32,
  x_start: u32, x_stride_n: u32, x_channel: u32, x_stride_h: u32,
  w_start: u32, w_channel: u32,
  y_start: u32, y_stride_n: u32, y_stride_p: u32,
  @align(16) w_channels: WeightChannels,
  @align(16) y_channels: OutputChannels,
}

@group(0) @binding(0) var<uniform> g: DepthwiseQuads;
@group(0) @binding(3) var<storage, read_write> y: array<Y>;

const CELL_ROWS = (TILE_P - 1u) * PER_P + ROWS;
const TAPS = ROWS * COLUMNS;
// Cells of a phase, after the first, in which the last window of the same output starts.
const LAST = (COLUMNS - 1u) / STRIDE_W * DILATION_W;
// Windows of a phase, and the vectors of four cells that they need.
const WINDOWS = 4u * (TILE_Q - 1u) + LAST + 1u;
const VECTORS = TILE_Q + (LAST + 3u) / 4u;

fn thread(invocation: u32) {
  let lane = invocation & 3u;
  let odd = (lane & 1u) == 1u;
  var index = invocation >> 2u;
  let q0 = index % g.tiles_q * (4u * TILE_Q) + lane;
  index /= g.tiles_q;
  let p_tile = index % g.tiles_p;
  index /= g.tiles_p;
  let k = index % g.channels;
  let n = index / g.channels;
  let p0 = p_tile / OUT_STEP_P * (TILE_P * OUT_STEP_P) + p_tile % OUT_STEP_P;

  var taps: array<f32, (TAPS + 3u) / 4u>;
  let taps_at = g.w_start + k * g.w_channel + lane;
  // @unroll
  for (var i = 0u; i < (TAPS + 3u) / 4u; i++) {
    taps[i] = load_weight(taps_at + 4u * i);
  }
  let left = i32(q0 * STRIDE_W) - g.pad_w;
  var columns_at: array<u32, STRIDE_W * VECTORS>;
  var beyond: array<bool, STRIDE_W * VECTORS>;
  // @unroll
  for (var phase = 0u; phase < STRIDE_W; phase++) {
    // @unroll
    for (var i = 0u; i < VECTORS; i++) {
      let column = left + i32(4u * i * STRIDE_W + phase);
      columns_at[phase * VECTORS + i] = u32(select(column, source(column, g.input_w), REPEATS));
      beyond[phase * VECTORS + i] = is_padding(column, g.input_w);
    }
  }

  let x_plane = g.x_start + n * g.x_stride_n + k * g.x_channel;
  var windows: array<f32, CELL_ROWS * STRIDE_W * WINDOWS>;
  // @unroll
  for (var j = 0u; j < CELL_ROWS; j++) {
    let h = i32(p0 * STRIDE_H + (j / PER_P * SHIFT_P + j % PER_P) * DILATION_H) - g.pad_h;
    let row = x_plane + u32(source(h, g.input_h)) * g.x_stride_h;
    let row_beyond = is_padding(h, g.input_h);
    // @unroll
    for (var phase = 0u; phase < STRIDE_W; phase++) {
      const first = (j * STRIDE_W + phase) * WINDOWS;
      var cells: array<f32, VECTORS + 1u>;
      // The phases after the first may have fewer.
      // @unroll
      for (var i = 0u; i < TILE_Q + ((COLUMNS - 1u - phase) / STRIDE_W * DILATION_W + 3u) / 4u; i++) {
        const own = phase * VECTORS + i;
        cells[i] = select(load(row + columns_at[own]), PADDING_VALUE, row_beyond | beyond[own]);
      }
      // @unroll
      for (var i = 0u; i < WINDOWS; i += 4u) {
        windows[first + i] = cells[i / 4u];
      }
      // @unroll
      for (var i = 1u; i < WINDOWS; i += 4u) {
        let both = select(cells[i / 4u], cells[i / 4u + 1u], lane < 1u);
        windows[first + i] = select(quadSwapX(both), quadSwapDiagonal(both), odd);
      }
      // @unroll
      for (var i = 2u; i < WINDOWS; i += 4u) {
        windows[first + i] = quadSwapY(select(cells[i / 4u], cells[i / 4u + 1u], lane < 2u));
      }
      // @unroll
      for (var i = 3u; i < WINDOWS; i += 4u) {
        let both = select(cells[i / 4u], cells[i / 4u + 1u], lane < 3u);
        windows[first + i] = select(quadSwapDiagonal(both), quadSwapX(both), odd);
      }
    }
  }

  var sums: array<f32, TILE_P * TILE_Q>;
  // @unroll
  for (var r = 0u; r < ROWS; r++) {
    // @unroll
    for (var s = 0u; s < COLUMNS; s++) {
      const tap = select(r * COLUMNS + s, TAPS - 1u - (r * COLUMNS + s), FLIPPED);
      const window = s % STRIDE_W * WINDOWS + s / STRIDE_W * DILATION_W;
      let weight = quadBroadcast(taps[tap / 4u], tap % 4u);
      // @unroll
      for (var p = 0u; p < TILE_P; p++) {
        // @unroll
        for (var q = 0u; q < TILE_Q; q++) {
          let cell = windows[(p * PER_P + r) * STRIDE_W * WINDOWS + window + 4u * q];
          sums[p * TILE_Q + q] = fma(cell, weight, sums[p * TILE_Q + q]);
        }
      }
    }
  }

  let channel = channel_of(k);
  let bias = load_bias(channel.index);
  let plane = g.y_start + n * g.y_stride_n + channel.at + q0;
  // @unroll
  for (var p = 0u; p < TILE_P; p++) {
    if (p0 + p * OUT_STEP_P < g.output_p) {
      let row = plane + (p0 + p * OUT_STEP_P) * g.y_stride_p;
      // @unroll
      for (var q = 0u; q < TILE_Q; q++) {
        if (q0 + 4u * q < g.output_q) {
          y[row + 4u * q] = Y(finish(sums[p * TILE_Q + q], bias, row + 4u * q));
        }
      }
    }
  }
}
