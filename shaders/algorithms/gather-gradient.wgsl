// The gradient of a convolution's input, cell by cell: the sum over the output channels and the taps that meet the cell. A tap meets it at
// the output o with o * stride + tap * dilation = cell (counted from the start of the padded input), so at most one of any `step` neighbouring
// taps does. load and load_weight come from load*.wgsl.
// slots: epilogue, load, load_weight
// types: Y
struct Gather {
  threads: u32, groups: u32, group_c: u32, group_k: u32,
  // Cells of the gradient, and those of dy.
  output_o: u32, output_p: u32, output_q: u32,
  input_d: u32, input_h: u32, input_w: u32,
  kernel_t: u32, kernel_r: u32, kernel_s: u32,
  stride_d: u32, stride_h: u32, stride_w: u32,
  dilation_d: u32, dilation_h: u32, dilation_w: u32,
  pad_d: u32, pad_h: u32, pad_w: u32,
  // The strides of dy, dx and the weights. c counts the channels of dy, which are summed over, and k those of dx.
  x_start: u32, x_stride_n: u32, x_stride_g: u32, x_stride_c: u32, x_stride_d: u32, x_stride_h: u32, x_stride_w: u32,
  y_start: u32, y_stride_n: u32, y_stride_g: u32, y_stride_k: u32, y_stride_o: u32, y_stride_p: u32, y_stride_q: u32,
  w_start: u32, w_stride_g: u32, w_stride_k: u32, w_stride_c: u32, w_stride_t: u32, w_stride_r: u32, w_stride_s: u32,
  @align(16) taps_d: Taps,
  @align(16) taps_h: Taps,
  @align(16) taps_w: Taps,
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
  let x = index % g.output_q;
  index /= g.output_q;
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
  let cell_w = x + g.pad_w;
  let first_t = first_tap(cell_d, g.taps_d, g.kernel_t);
  let first_r = first_tap(cell_h, g.taps_h, g.kernel_r);
  let first_s = first_tap(cell_w, g.taps_w, g.kernel_s);
  let x_at = g.x_start + n * g.x_stride_n + group * g.x_stride_g;
  let w_at = g.w_start + group * g.w_stride_g + k * g.w_stride_k;
  var sum = 0.0;
  for (var t = first_t; t < g.kernel_t; t += g.taps_d.step) {
    let o = output_of(cell_d, t, g.dilation_d, g.stride_d, g.input_d);
    for (var r = first_r; r < g.kernel_r; r += g.taps_h.step) {
      let p = output_of(cell_h, r, g.dilation_h, g.stride_h, g.input_h);
      for (var s = first_s; s < g.kernel_s; s += g.taps_w.step) {
        let q = output_of(cell_w, s, g.dilation_w, g.stride_w, g.input_w);
        if (o >= g.input_d || p >= g.input_h || q >= g.input_w) {
          continue;
        }
        let x_cell = x_at + o * g.x_stride_d + p * g.x_stride_h + q * g.x_stride_w;
        let w_tap = w_at + t * g.w_stride_t + r * g.w_stride_r + s * g.w_stride_s;
        for (var c = 0u; c < g.group_c; c++) {
          sum = fma(load(x_cell + c * g.x_stride_c), load_weight(w_tap + c * g.w_stride_c), sum);
        }
      }
    }
  }
  let at = g.y_start + n * g.y_stride_n + group * g.y_stride_g + k * g.y_stride_k + slice * g.y_stride_o +
    row * g.y_stride_p + x * g.y_stride_q;
  y[at] = Y(epilogue(sum, group * g.group_k + k, at));
}
