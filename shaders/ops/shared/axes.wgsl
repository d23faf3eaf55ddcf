// The axes along which elements lie, outermost first, and how they number sets and parameters (src/ops/shared/geometry/normalisation.ts).
// An invocation computes a run of elements along one of them. That axis has `cells` elements and its `size` is the number of runs: the run
// takes every size-th element.
struct Axes {
  size: vec4u, stride: vec4u, sets: vec4u, parameters: vec4u,
  // 1 for the axis of the run.
  along: vec4u,
  cells: u32, threads: u32,
}

struct Run { cell: u32, place: u32, in_set: u32, parameter: u32 }

fn run_at(thread: u32, axes: Axes) -> Run {
  let z = thread / axes.size.w;
  let y = z / axes.size.z;
  let x = y / axes.size.y;
  let at = vec4u(x, y - x * axes.size.y, z - y * axes.size.z, thread - z * axes.size.w);
  return Run(dot(at, axes.along), dot(at, axes.stride), dot(at, axes.sets), dot(at, axes.parameters));
}

// The step from an element of a run to the next.
fn step_of(axes: Axes) -> Run {
  let steps = dot(axes.along, axes.size);
  let along = axes.along * steps;
  return Run(steps, dot(along, axes.stride), dot(along, axes.sets), dot(along, axes.parameters));
}

fn next(at: Run, step: Run) -> Run {
  return Run(at.cell + step.cell, at.place + step.place, at.in_set + step.in_set, at.parameter + step.parameter);
}
