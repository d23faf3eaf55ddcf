// The adjoint of padding that repeats cells, along one axis: each cell sums, in a fixed order, the gradients of the cells of the padded axis
// that repeat it. `copies` comes from a copies-* snippet.
// slots: copies
// constants: IMAGES
// types: O, S
struct Fold { threads: u32, size: i32, padded: i32, inner: i32, begin: i32 }

// Cells of the padded axis, `step` apart.
struct Cells { first: i32, end: i32, step: i32 }

@group(0) @binding(0) var<uniform> g: Fold;
@group(0) @binding(1) var<storage, read> dy: array<S>;
@group(0) @binding(2) var<storage, read_write> dx: array<O>;

fn thread(index: u32) {
  let line = i32(index) / g.inner;
  let outer = line / g.size;
  let cell = line - outer * g.size;
  let start = outer * g.padded * g.inner + i32(index) - line * g.inner;
  var sum = 0.0;
  for (var image = 0; image < IMAGES; image++) {
    let cells = copies(image, cell, g.size, g.begin, g.padded);
    for (var at = cells.first; at < cells.end; at += cells.step) {
      sum += f32(dy[start + at * g.inner]);
    }
  }
  dx[index] = O(sum);
}
