// Copies a tensor with cells added or removed at both ends of its axes. `axes` are innermost first: x is the size in the result, y the cells
// added before the first (negative if cells are removed), z the size in x and w the stride in x, all in items.
// slots: is_padding, source
// constants: OUTER_AXES
// types: F, V
struct Pad { threads: u32, value: f32, axes: array<vec4i, 8> }

@group(0) @binding(0) var<uniform> g: Pad;
@group(0) @binding(1) var<storage, read> x: array<V>;
@group(0) @binding(2) var<storage, read_write> y: array<V>;

fn thread(index: u32) {
  var rest = i32(index);
  var at = 0;
  var beyond = false;
  // @unroll
  for (var axis = 0u; axis < OUTER_AXES; axis++) {
    let next = rest / g.axes[axis].x;
    let cell = rest - next * g.axes[axis].x - g.axes[axis].y;
    beyond |= is_padding(cell, g.axes[axis].z);
    at += source(cell, g.axes[axis].z) * g.axes[axis].w;
    rest = next;
  }
  let cell = rest - g.axes[OUTER_AXES].y;
  beyond |= is_padding(cell, g.axes[OUTER_AXES].z);
  at += source(cell, g.axes[OUTER_AXES].z) * g.axes[OUTER_AXES].w;
  y[index] = select(x[at], V(F(g.value)), beyond);
}
