// Copies a box of elements from one strided view to another. An invocation copies RUN steps, each of STEP neighbours along the innermost
// axis; the steps lie far apart along another axis, so that neighbouring invocations copy neighbours. `axes` are innermost first: x is the
// size (of the innermost axis, in steps; of the axis of the runs, of one run), y the stride in the source and z that in the target (of the
// innermost axis, of a step). Strides are in items and wrap, so that they may be negative.
// constants: OUTER_AXES, RUN, STEP
// types: V
struct Copy {
  threads: u32,
  from_start: u32, to_start: u32,
  // The strides of an item along the innermost axis, and those of a run.
  from_item: u32, to_item: u32,
  from_run: u32, to_run: u32,
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
  // Loaded before the stores, behind which SwiftShader loads uniforms again.
  let to_item = g.to_item;
  let to_run = g.to_run;
  var items: array<V, RUN * STEP>;
  // @unroll
  for (var run = 0u; run < RUN; run++) {
    // @unroll
    for (var step = 0u; step < STEP; step++) {
      items[run * STEP + step] = source[at.x + run * g.from_run + step * g.from_item];
    }
  }
  // @unroll
  for (var run = 0u; run < RUN; run++) {
    // @unroll
    for (var step = 0u; step < STEP; step++) {
      result[at.y + run * to_run + step * to_item] = items[run * STEP + step];
    }
  }
}
