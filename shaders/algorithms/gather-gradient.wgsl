// The gradient of a convolution's input, cell by cell: the sum over the output channels and the taps that meet the cell. A tap meets it at
// the output o with o * stride + tap * dilation = cell (counted from the start of the padded input), so one of each `step` neighbouring taps
// does, or none: load and load_weight come from load*.wgsl.
// slots: epilogue, load, load_weight
// types: Y
struct Gather {
  threads: u32, groups: u32, group_k: u32, group_c: u32,
  cells_d: u32, cells_h: u32, cells_w: u32,
  output_d: u32, output_h: u32, output_w: u32,
  kernel_t: u32, kernel_r: u32, kernel_s: u32,
  stride_d: u32, stride_h: u32, stride_w: u32,
  dilation_d: u32, dilation_h: u32, dilation_w: u32,
  pad_d: u32, pad_h: u32, pad_w: u32,
  divisor_d: u32, step_d: u32, factor_d: u32,
  divisor_h: u32, step_h: u32, factor_h: u32,
  divisor_w: u32, step_w: u32, factor_w: u32,
  dy_start: u32, dy_stride_n: u32, dy_stride_g: u32, dy_stride_k: u32, dy_stride_d: u32, dy_stride_h: u32, dy_stride_w: u32,
  dx_start: u32, dx_stride_n: u32, dx_stride_g: u32, dx_stride_c: u32, dx_stride_d: u32, dx_stride_h: u32, dx_stride_w: u32,
  w_start: u32, w_stride_g: u32, w_stride_c: u32, w_stride_k: u32, w_stride_t: u32, w_stride_r: u32, w_stride_s: u32,
}

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

// The first tap that meets a cell; `none`, which no kernel has, where no tap does.
fn first_tap(cell: u32, divisor: u32, step: u32, factor: u32, none: u32) -> u32 {
  return select(product_modulo(cell / divisor, factor, step), none, cell % divisor != 0u);
}

// The output that a tap meets a cell at; `none`, which is past the last, where that would lie before the first.
fn output_of(cell: u32, tap: u32, dilation: u32, stride: u32, none: u32) -> u32 {
  let reach = tap * dilation;
  return select((cell - min(reach, cell)) / stride, none, reach > cell);
}

fn thread(invocation: u32) {
  var index = invocation;
  let x = index % g.cells_w;
  index /= g.cells_w;
  let row = index % g.cells_h;
  index /= g.cells_h;
  let slice = index % g.cells_d;
  index /= g.cells_d;
  let c = index % g.group_c;
  index /= g.group_c;
  let group = index % g.groups;
  let n = index / g.groups;
  let cell_d = slice + g.pad_d;
  let cell_h = row + g.pad_h;
  let cell_w = x + g.pad_w;
  let first_t = first_tap(cell_d, g.divisor_d, g.step_d, g.factor_d, g.kernel_t);
  let first_r = first_tap(cell_h, g.divisor_h, g.step_h, g.factor_h, g.kernel_r);
  let first_s = first_tap(cell_w, g.divisor_w, g.step_w, g.factor_w, g.kernel_s);
  let dy_at = g.dy_start + n * g.dy_stride_n + group * g.dy_stride_g;
  let w_at = g.w_start + group * g.w_stride_g + c * g.w_stride_c;
  var sum = 0.0;
  for (var t = first_t; t < g.kernel_t; t += g.step_d) {
    let o = output_of(cell_d, t, g.dilation_d, g.stride_d, g.output_d);
    for (var r = first_r; r < g.kernel_r; r += g.step_h) {
      let p = output_of(cell_h, r, g.dilation_h, g.stride_h, g.output_h);
      for (var s = first_s; s < g.kernel_s; s += g.step_w) {
        let q = output_of(cell_w, s, g.dilation_w, g.stride_w, g.output_w);
        if (o >= g.output_d || p >= g.output_h || q >= g.output_w) {
          continue;
        }
        let dy_cell = dy_at + o * g.dy_stride_d + p * g.dy_stride_h + q * g.dy_stride_w;
        let w_tap = w_at + t * g.w_stride_t + r * g.w_stride_r + s * g.w_stride_s;
        for (var k = 0u; k < g.group_k; k++) {
          sum = fma(load(dy_cell + k * g.dy_stride_k), load_weight(w_tap + k * g.w_stride_k), sum);
        }
      }
    }
  }
  let at = g.dx_start + n * g.dx_stride_n + group * g.dx_stride_g + c * g.dx_stride_c + slice * g.dx_stride_d +
    row * g.dx_stride_h + x * g.dx_stride_w;
  y[at] = Y(epilogue(sum, group * g.group_c + c, at));
}
