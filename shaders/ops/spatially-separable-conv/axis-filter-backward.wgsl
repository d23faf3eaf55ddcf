// The adjoint of a convolution by a 1-D kernel along one axis: an invocation gathers what a cell has from all outputs that saw it, or saw a
// cell of the border that repeats it. `copies` comes from a copies-* snippet.
// slots: copies, kernel_start, tap_place
// constants: PLACES, STEPS
// types: Axis, C, I, O, V, W
@group(0) @binding(0) var<uniform> g: Axis;
@group(0) @binding(1) var<storage, read> dy: array<I>;
@group(0) @binding(2) var<storage, read> w: array<W>;
@group(0) @binding(3) var<storage, read_write> dx: array<O>;

// Neighbouring cells of the padded axis.
struct Cells { first: u32, count: u32 }

fn thread(index: u32) {
  let inner = index % g.inner;
  let line = index / g.inner;
  let outer = line / g.input;
  let i = line % g.input;
  let start = outer * g.output * g.inner + inner;
  let weights = kernel_start(outer, inner, g);
  var sum = V();
  for (var place = 0u; place < PLACES; place++) {
    var cells = Cells(g.begin + i, 1u);
    if (place > 0u) {
      cells = copies(place == 2u, i, g.input, g.begin, g.end);
    }
    for (var cell = cells.first; cell < cells.first + cells.count; cell++) {
      for (var tap = 0u; tap < g.kernel; tap++) {
        let reach = tap * g.dilation;
        var at = cell - min(reach, cell);
        var inside = reach <= cell;
        if (STEPS) {
          let window = at / g.stride;
          inside &= window * g.stride == at;
          at = window;
        }
        inside &= at < g.output;
        let gradient = V(dy[start + min(at, g.output - 1u) * g.inner]);
        sum += select(V(), V(C(w[weights + tap_place(tap, g)])) * gradient, inside);
      }
    }
  }
  dx[index] = O(sum);
}
