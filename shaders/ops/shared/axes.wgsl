// The axes along which elements lie, innermost first: each has its size in x, the distance between its elements in y, and in z and w what
// a step adds to the index of the set and of the parameter (src/ops/shared/geometry/normalisation.ts). An invocation computes a run of
// elements along one of them. That axis has `cells` elements and its size is the number of runs: the run takes every size-th element.
// The four parameters of a vector lie `parameter_stride` apart if the kernel loads them one by one.
// constants: OUTER_AXES
struct Axes { axes: array<vec4u, 8>, along: u32, cells: u32, parameter_stride: u32, threads: u32 }

@group(0) @binding(0) var<uniform> g: Axes;

struct Run { cell: u32, place: u32, in_set: u32, parameter: u32 }

fn run_at(thread: u32) -> Run {
  var rest = thread;
  var cell = 0u;
  var at = vec3u(0u);
  // @unroll
  for (var r = 0u; r < OUTER_AXES + 1u; r++) {
    let axis = g.axes[r];
    let next = select(0u, rest / axis.x, r < OUTER_AXES);
    let coordinate = rest - next * axis.x;
    cell = select(cell, coordinate, r == g.along);
    at += coordinate * axis.yzw;
    rest = next;
  }
  return Run(cell, at.x, at.y, at.z);
}

// The step from an element of a run to the next.
fn step_of() -> Run {
  let axis = g.axes[g.along];
  return Run(axis.x, axis.x * axis.y, axis.x * axis.z, axis.x * axis.w);
}

fn next(at: Run, step: Run) -> Run {
  return Run(at.cell + step.cell, at.place + step.place, at.in_set + step.in_set, at.parameter + step.parameter);
}
