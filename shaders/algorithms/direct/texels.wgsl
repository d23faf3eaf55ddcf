// Direct correlation of rows of neighbouring numbers, loaded by texels of four. One thread computes TILE_P x TILE_Q outputs of a map for TILE_V
// vectors of LANES output channels (V is vec4f or f32). A step of its sum takes ROWS x COLUMNS taps of an input channel: row by row it loads the cells
// that its outputs see, from the texel on in which the first of them lies. Padding has one value. load_texel comes from load-texel.wgsl, load_weights
// from weights-rows or weights-terms, sum_up from texels/one-step or texels/steps. Rows of a tile share cells as those of
// depthwise.wgsl do.
// slots: lane_channels, load_texel, load_weights, store, sum_up
// constants: COLUMNS, DILATION_H, DILATION_W, LANES, OUT_STEP_P, PADDING_VALUE, PER_P, ROWS, SHIFT_P, STRIDE_H, STRIDE_W, TILE_P, TILE_Q, TILE_V
// types: OutputChannels, V, Y
struct DirectTexels {
  threads: u32, steps: u32,
  tiles_q: u32, places: u32, tiles_k: u32, first_tile: u32, tiles: u32,
  output_p: u32, output_q: u32, group_k: u32, kernel_r: u32,
  input_h: i32, input_w: i32, pad_h: i32, pad_w: i32,
  x_start: u32, x_stride_n: u32, x_stride_g: u32, x_stride_c: u32, x_stride_h: u32,
  w_tile: u32, w_channel: u32,
  y_start: u32, y_stride_n: u32, y_stride_p: u32, y_stride_q: u32,
  @align(16) y_channels: OutputChannels,
}

// What a thread computes: tile of those whose weights are bound, and the first cell of its windows.
struct Tile { index: u32, top: i32, left: i32 }

alias Sums = array<V, TILE_V * TILE_P * TILE_Q>;

@group(0) @binding(0) var<uniform> g: DirectTexels;
@group(0) @binding(3) var<storage, read_write> y: array<Y>;

const CELL_ROWS = (TILE_P - 1u) * PER_P + ROWS;
const CELL_COLUMNS = (TILE_Q - 1u) * STRIDE_W + (COLUMNS - 1u) * DILATION_W + 1u;
// A row may begin with any of the four numbers of a texel.
const TEXELS = (CELL_COLUMNS + 6u) / 4u;

fn thread(invocation: u32) {
  let place = invocation % g.places;
  let index = invocation / g.places;
  let bound = index % g.tiles;
  let tile = g.first_tile + bound;
  let n = index / g.tiles;
  let q0 = place % g.tiles_q * TILE_Q;
  let p_tile = place / g.tiles_q;
  let p0 = p_tile / OUT_STEP_P * (TILE_P * OUT_STEP_P) + p_tile % OUT_STEP_P;
  let group = tile / g.tiles_k;
  let k0 = tile % g.tiles_k * TILE_V * LANES;

  var sums: Sums;
  let x_channel = g.x_start + n * g.x_stride_n + group * g.x_stride_g;
  sum_up(&sums, Tile(bound, i32(p0 * STRIDE_H) - g.pad_h, i32(q0 * STRIDE_W) - g.pad_w), x_channel);

  let y_image = g.y_start + n * g.y_stride_n;
  // @unroll
  for (var v = 0u; v < TILE_V; v++) {
    let channels = lane_channels(group * g.group_k + k0 + v * LANES);
    // @unroll
    for (var p = 0u; p < TILE_P; p++) {
      let output_p = p0 + p * OUT_STEP_P;
      if (output_p < g.output_p) {
        // @unroll
        for (var q = 0u; q < TILE_Q; q++) {
          if (q0 + q < g.output_q) {
            let at = y_image + output_p * g.y_stride_p + (q0 + q) * g.y_stride_q;
            store(sums[(v * TILE_P + p) * TILE_Q + q], channels, k0 + v * LANES, at, vec3u(0u, output_p, q0 + q));
          }
        }
      }
    }
  }
}

// Adds ROWS x COLUMNS taps of the kernel to the sums of a tile, from its row `row0` on, whose weights begin with those of `term`.
fn accumulate(sums: ptr<function, Sums>, tile: Tile, x_channel: u32, row0: u32, term: u32) {
  // @unroll
  for (var j = 0u; j < CELL_ROWS; j++) {
    let h = tile.top + i32((row0 + j / PER_P * SHIFT_P + j % PER_P) * DILATION_H);
    let row_beyond = u32(h) >= u32(g.input_h);
    let first = i32(x_channel + u32(clamp(h, 0, g.input_h - 1)) * g.x_stride_h) + tile.left;
    let second_half = (first & 2) != 0;
    let odd = (first & 1) != 0;
    var run: array<f32, 4u * TEXELS>;
    // @unroll
    for (var i = 0u; i < TEXELS; i++) {
      let texel = load_texel((first >> 2u) + i32(i));
      run[4u * i] = texel.x;
      run[4u * i + 1u] = texel.y;
      run[4u * i + 2u] = texel.z;
      run[4u * i + 3u] = texel.w;
    }
    var cells: array<f32, CELL_COLUMNS>;
    // @unroll
    for (var i = 0u; i < CELL_COLUMNS; i++) {
      let even_cell = select(run[i], run[i + 2u], second_half);
      let odd_cell = select(run[i + 1u], run[i + 3u], second_half);
      let beyond = row_beyond | (u32(tile.left + i32(i)) >= u32(g.input_w));
      cells[i] = select(select(even_cell, odd_cell, odd), PADDING_VALUE, beyond);
    }
    // The outputs whose windows have this row, each as another row of the kernel.
    // @unroll
    for (var p = (max(j + 1u, ROWS) - ROWS + PER_P - 1u) / PER_P; p < min(TILE_P, j / PER_P + 1u); p++) {
      let row_term = term + (j - p * PER_P) * COLUMNS;
      // @unroll
      for (var s = 0u; s < COLUMNS; s++) {
        // @unroll
        for (var v = 0u; v < TILE_V; v++) {
          let weight = load_weights(tile.index, row_term + s, v);
          // @unroll
          for (var q = 0u; q < TILE_Q; q++) {
            const own = (v * TILE_P + p) * TILE_Q + q;
            (*sums)[own] = fma(V(cells[q * STRIDE_W + s * DILATION_W]), weight, (*sums)[own]);
          }
        }
      }
    }
  }
}
