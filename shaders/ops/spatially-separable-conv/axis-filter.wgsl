// A convolution with a 1-D kernel along one axis. An invocation computes RUN neighbours along it, which share loads where the kernel
// moves by one cell (SLIDES).
// slots: is_padding, kernel_start, source, tap_offset
// constants: SLIDES
// types: Axis, C, I, O, V, W
@group(0) @binding(0) var<uniform> g: Filter;
@group(0) @binding(1) var<storage, read> x: array<I>;
@group(0) @binding(2) var<storage, read> w: array<W>;
@group(0) @binding(3) var<storage, read_write> y: array<O>;

const RUN = 4u;

struct Filter { axis: Axis, threads: u32 }

fn thread(index: u32) {
  let a = g.axis;
  let inner = index % a.inner;
  let runs = (a.output + RUN - 1u) / RUN;
  let line = index / a.inner;
  let outer = line / runs;
  let first = (line % runs) * RUN;
  let start = outer * a.input * a.inner + inner;
  let weights = kernel_start(outer, inner, a);
  let corner = i32(first * a.stride) - a.begin;
  var sums: array<V, 4>;
  if (SLIDES) {
    var cells = array<V, 4>(V(), cell(start, corner), cell(start, corner + 1), cell(start, corner + 2));
    for (var tap = 0u; tap < a.kernel; tap++) {
      cells = array<V, 4>(cells[1], cells[2], cells[3], cell(start, corner + i32(tap) + 3));
      let weight = V(C(w[weights + tap_offset(tap, a)]));
      sums = array<V, 4>(
        sums[0] + weight * cells[0], sums[1] + weight * cells[1], sums[2] + weight * cells[2], sums[3] + weight * cells[3],
      );
    }
  } else {
    let step = i32(a.stride);
    for (var tap = 0u; tap < a.kernel; tap++) {
      let at = corner + i32(tap * a.dilation);
      let weight = V(C(w[weights + tap_offset(tap, a)]));
      sums = array<V, 4>(
        sums[0] + weight * cell(start, at), sums[1] + weight * cell(start, at + step),
        sums[2] + weight * cell(start, at + 2 * step), sums[3] + weight * cell(start, at + 3 * step),
      );
    }
  }
  let to = (outer * a.output + first) * a.inner + inner;
  // @unroll
  for (var i = 0u; i < RUN; i++) {
    if (first + i < a.output) {
      y[to + i * a.inner] = O(sums[i]);
    }
  }
}

fn cell(start: u32, at: i32) -> V {
  let value = V(x[start + u32(source(at, i32(g.axis.input))) * g.axis.inner]);
  return select(value, V(), is_padding(at, i32(g.axis.input)));
}
