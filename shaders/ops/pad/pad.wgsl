// Copies a tensor with cells added or removed at both ends of its axes: an invocation computes every row_threads-th item of a row of cells of
// `inner` items (INNER: several). `begin` are the cells added before the first one of a row (negative if cells are removed), `size` its cells in x. The
// axes of the rows are innermost first: x is the size in the result, y the cells before the first, z the size in x and w the stride in x.
// slots: is_padding, source
// constants: INNER, OUTER_AXES, RUN
// types: F, V
struct Pad {
  threads: u32, value: f32,
  row_threads: u32, row: u32, inner: u32, begin: i32, size: i32,
  axes: array<vec4i, 7>,
}

@group(0) @binding(0) var<uniform> g: Pad;
@group(0) @binding(1) var<storage, read> x: array<V>;
@group(0) @binding(2) var<storage, read_write> y: array<V>;

fn thread(index: u32) {
  // Loaded before the stores, behind which SwiftShader loads uniforms again.
  let row_threads = g.row_threads;
  let items = g.row;
  let inner = g.inner;
  let begin = g.begin;
  let size = g.size;
  let padding = V(F(g.value));
  let row = index / row_threads;
  let first = index - row * row_threads;
  var rest = row;
  var start = 0u;
  var beyond = false;
  // @unroll
  for (var axis = 0u; axis < OUTER_AXES; axis++) {
    let next = rest / u32(g.axes[axis].x);
    let cell = i32(rest) - i32(next) * g.axes[axis].x - g.axes[axis].y;
    beyond |= is_padding(cell, g.axes[axis].z);
    start += u32(source(cell, g.axes[axis].z) * g.axes[axis].w);
    rest = next;
  }
  // @unroll
  for (var r = 0u; r < RUN; r++) {
    let at = first + r * row_threads;
    if (at < items) {
      var place = at;
      if (INNER) {
        place = at / inner;
      }
      let cell = i32(place) - begin;
      let value = x[start + u32(source(cell, size)) * inner + at - place * inner];
      y[row * items + at] = select(value, padding, beyond | is_padding(cell, size));
    }
  }
}
