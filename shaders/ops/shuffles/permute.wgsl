// Permutes the axes of a tensor. An invocation copies a step of STEP neighbours along the innermost axis of the result. `axes` are those of
// the result, innermost first: x is the size (of the innermost axis, in steps), y the stride in the input (of the innermost axis, of a
// step), and z of the innermost axis the stride of an item.
// constants: INNER_AXES, STEP
// types: V
struct Permuted { threads: u32, axes: array<vec4u, 8> }

@group(0) @binding(0) var<uniform> g: Permuted;
@group(0) @binding(1) var<storage, read> x: array<V>;
@group(0) @binding(2) var<storage, read_write> y: array<V>;

fn thread(index: u32) {
  var rest = index;
  var at = 0u;
  // @unroll
  for (var axis = 0u; axis < INNER_AXES; axis++) {
    let next = rest / g.axes[axis].x;
    at += (rest - next * g.axes[axis].x) * g.axes[axis].y;
    rest = next;
  }
  at += rest * g.axes[INNER_AXES].y;
  // @unroll
  for (var step = 0u; step < STEP; step++) {
    y[index * STEP + step] = x[at + step * g.axes[0].z];
  }
}
