// The gradient of a convolution's input: each cell is the sum over the output channels and the taps that meet it. A tap meets it at the output o
// with o * stride + tap * dilation = cell (counted from the start of the padded input), so at most one of any `step` neighbouring taps does. A
// thread computes the cells of TILE_R neighbouring residues modulo the stride along a row, and of each residue TILE_B cells, a stride apart: cells
// of a residue meet the same taps, so they share weights, and neighbouring residues meet the same outputs if the dilation is 1. A step of the sum
// takes TAPS_R x TAPS_S of the taps that meet a cell. load and load_weight come from load*.wgsl.
// slots: channel_of, epilogue, load, load_weight
// constants: TAPS_R, TAPS_S, TILE_B, TILE_R
// types: OutputChannels, Y
struct Gather {
  threads: u32, steps: u32, slices: u32, row_chunks: u32, column_chunks: u32, residue_tiles: u32, block_tiles: u32, first_block: i32,
  groups: u32, group_c: u32, group_k: u32,
  // Cells of the gradient, and those of dy.
  output_o: u32, output_p: u32, output_q: u32,
  input_d: u32, input_h: u32, input_w: u32,
  kernel_t: u32, kernel_r: u32, kernel_s: u32,
  stride_d: u32, stride_h: u32, stride_w: u32,
  dilation_d: u32, dilation_h: u32, dilation_w: u32,
  pad_d: u32, pad_h: u32, pad_w: u32,
  // The strides of dy, dx and the weights. c counts the channels of dy, which are summed over, and k those of dx.
  x_start: u32, x_stride_n: u32, x_stride_g: u32, x_stride_c: u32, x_stride_d: u32, x_stride_h: u32, x_stride_w: u32,
  y_start: u32, y_stride_n: u32, y_stride_o: u32, y_stride_p: u32, y_stride_q: u32,
  w_start: u32, w_stride_g: u32, w_stride_k: u32, w_stride_c: u32, w_stride_t: u32, w_stride_r: u32, w_stride_s: u32,
  @align(16) taps_d: Taps,
  @align(16) taps_h: Taps,
  @align(16) taps_w: Taps,
  @align(16) y_channels: OutputChannels,
}

// The constants that give the first tap that meets a cell along an axis; `step` is the distance between such taps.
struct Taps { divisor: u32, step: u32, factor: u32 }

@group(0) @binding(0) var<uniform> g: Gather;
@group(0) @binding(3) var<storage, read_write> y: array<Y>;

// a * b modulo m, all below 2^31, without a product that overflows.
fn product_modulo(a: u32, b: u32, m: u32) -> u32 {
  var sum = 0u;
  var power = a % m;
  for (var rest = b; rest > 0u; rest >>= 1u) {
    sum = select(sum, (sum + power) % m, (rest & 1u) == 1u);
    power = (power + power) % m;
  }
  return sum;
}

// The first tap that meets a cell, or `none` (an index past every kernel) if no tap does.
fn first_tap(cell: u32, taps: Taps, none: u32) -> u32 {
  return select(product_modulo(cell / taps.divisor, taps.factor, taps.step), none, cell % taps.divisor != 0u);
}

// The output at which a tap meets a cell, or `none` (an index past the last output) if it would lie before the first.
fn output_of(cell: u32, tap: u32, dilation: u32, stride: u32, none: u32) -> u32 {
  let reach = tap * dilation;
  return select((cell - min(reach, cell)) / stride, none, reach > cell);
}

fn thread(invocation: u32) {
  var index = invocation;
  let residue = index % g.residue_tiles * TILE_R;
  index /= g.residue_tiles;
  let block = g.first_block + i32(index % g.block_tiles * TILE_B);
  index /= g.block_tiles;
  let row = index % g.output_p;
  index /= g.output_p;
  let slice = index % g.output_o;
  index /= g.output_o;
  let k = index % g.group_k;
  index /= g.group_k;
  let group = index % g.groups;
  let n = index / g.groups;
  let cell_d = slice + g.pad_d;
  let cell_h = row + g.pad_h;
  let first_t = first_tap(cell_d, g.taps_d, g.kernel_t);
  let first_r = first_tap(cell_h, g.taps_h, g.kernel_r);
  let first_s = first_tap(residue, g.taps_w, g.kernel_s);
  let x_at = g.x_start + n * g.x_stride_n + group * g.x_stride_g;
  let w_at = g.w_start + group * g.w_stride_g + k * g.w_stride_k;
  var sums: array<f32, TILE_R * TILE_B>;
  var c = 0u;
  var taps = vec3u();
  // A single loop: nested loops would carry every sum from one level to the next.
  for (var step = 0u; step < g.steps; step++) {
    let t = first_t + taps.x * g.taps_d.step;
    let o = output_of(cell_d, t, g.dilation_d, g.stride_d, g.input_d);
    let slice_met = (t < g.kernel_t) & (o < g.input_d);
    // @unroll
    for (var i = 0u; i < TAPS_R; i++) {
      let r = first_r + (taps.y + i) * g.taps_h.step;
      let p = output_of(cell_h, r, g.dilation_h, g.stride_h, g.input_h);
      let met = slice_met & (r < g.kernel_r) & (p < g.input_h);
      let x_row = x_at + c * g.x_stride_c + select(0u, o * g.x_stride_d + p * g.x_stride_h, met);
      let w_row = w_at + c * g.w_stride_c + select(0u, t * g.w_stride_t + r * g.w_stride_r, met);
      // @unroll
      for (var j = 0u; j < TAPS_S; j++) {
        let s = first_s + (taps.z + j) * g.taps_w.step;
        let q = block + (i32(residue) - i32(s * g.dilation_w)) / i32(g.stride_w);
        var cells: array<f32, TILE_B>;
        // @unroll
        for (var b = 0u; b < TILE_B; b++) {
          cells[b] = load(x_row + u32(clamp(q + i32(b), 0, i32(g.input_w) - 1)) * g.x_stride_w);
        }
        // @unroll
        for (var a = 0u; a < TILE_R; a++) {
          let tapped = met & (s + a < g.kernel_s);
          let weight = load_weight(w_row + min(s + a, g.kernel_s - 1u) * g.w_stride_s);
          // @unroll
          for (var b = 0u; b < TILE_B; b++) {
            let at = q + i32(b);
            let own = tapped & (at >= 0) & (at < i32(g.input_w));
            // A product that is no term is dropped, not multiplied by 0: it may be infinite.
            sums[a * TILE_B + b] = select(sums[a * TILE_B + b], fma(cells[b], weight, sums[a * TILE_B + b]), own);
          }
        }
      }
    }
    taps.z += TAPS_S;
    let row_done = taps.z >= g.column_chunks * TAPS_S;
    taps.z = select(taps.z, 0u, row_done);
    taps.y += select(0u, TAPS_R, row_done);
    let slice_done = taps.y >= g.row_chunks * TAPS_R;
    taps.y = select(taps.y, 0u, slice_done);
    taps.x += select(0u, 1u, slice_done);
    let channel_done = taps.x >= g.slices;
    taps.x = select(taps.x, 0u, channel_done);
    c += select(0u, 1u, channel_done);
  }
  let channel = channel_of(group * g.group_k + k);
  let y_row = g.y_start + n * g.y_stride_n + channel.at + slice * g.y_stride_o + row * g.y_stride_p;
  // @unroll
  for (var a = 0u; a < TILE_R; a++) {
    // @unroll
    for (var b = 0u; b < TILE_B; b++) {
      let cell = (block + i32(b)) * i32(g.stride_w) + i32(residue + a) - i32(g.pad_w);
      if ((residue + a < g.stride_w) & (cell >= 0) & (cell < i32(g.output_q))) {
        let at = y_row + u32(cell) * g.y_stride_q;
        y[at] = Y(epilogue(sums[a * TILE_B + b], channel.index, at));
      }
    }
  }
}
