// Copies a box of elements from one strided view to another. An invocation copies a step of STEP neighbours along the innermost axis. `axes`
// are innermost first: x is the size (of the innermost axis, in steps), y the stride in the source and z that in the target (of the
// innermost axis, of a step). Strides are in items and wrap, so that they may be negative.
// constants: OUTER_AXES, STEP
// types: V
struct Copy {
  threads: u32,
  from_start: u32, to_start: u32,
  // The strides of an item along the innermost axis.
  from_item: u32, to_item: u32,
  axes: array<vec4u, 8>,
}

@group(0) @binding(0) var<uniform> g: Copy;
@group(0) @binding(1) var<storage, read> source: array<V>;
@group(0) @binding(2) var<storage, read_write> result: array<V>;

fn thread(index: u32) {
  var rest = index;
  var at = vec2u(g.from_start, g.to_start);
  // @unroll
  for (var axis = 0u; axis < OUTER_AXES; axis++) {
    let next = rest / g.axes[axis].x;
    at += (rest - next * g.axes[axis].x) * g.axes[axis].yz;
    rest = next;
  }
  at += rest * g.axes[OUTER_AXES].yz;
  // @unroll
  for (var step = 0u; step < STEP; step++) {
    result[at.y + step * g.to_item] = source[at.x + step * g.from_item];
  }
}
