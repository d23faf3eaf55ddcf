// The adjoint of a convolution with a 1-D kernel along one axis. An invocation computes the gradient of one cell: the sum over all outputs
// that read the cell, or a border cell that repeats it.
// slots: copies, kernel_start, tap_offset
// constants: IMAGES, STEPS
// types: Axis, C, I, O, V, W
@group(0) @binding(0) var<uniform> g: Filter;
@group(0) @binding(1) var<storage, read> dy: array<I>;
@group(0) @binding(2) var<storage, read> w: array<W>;
@group(0) @binding(3) var<storage, read_write> dx: array<O>;

// Cells of the padded axis, `step` apart.
struct Cells { first: i32, end: i32, step: i32 }

struct Filter { axis: Axis, threads: u32 }

fn thread(index: u32) {
  let a = g.axis;
  let inner = index % a.inner;
  let line = index / a.inner;
  let outer = line / a.input;
  let i = line % a.input;
  let start = outer * a.output * a.inner + inner;
  let weights = kernel_start(outer, inner, a);
  var sum = V();
  for (var image = 0; image < IMAGES; image++) {
    let cells = copies(image, i32(i), i32(a.input), a.begin, a.begin + i32(a.input) + a.end);
    for (var cell = cells.first; cell < cells.end; cell += cells.step) {
      for (var tap = 0u; tap < a.kernel; tap++) {
        let reach = i32(tap * a.dilation);
        var at = u32(max(cell - reach, 0));
        var inside = reach <= cell;
        if (STEPS) {
          let window = at / a.stride;
          inside &= window * a.stride == at;
          at = window;
        }
        inside &= at < a.output;
        let gradient = V(dy[start + min(at, a.output - 1u) * a.inner]);
        sum += select(V(), V(C(w[weights + tap_offset(tap, a)])) * gradient, inside);
      }
    }
  }
  dx[index] = O(sum);
}
