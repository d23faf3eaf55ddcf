// Each element times what its set has, and times its scale: an invocation for one, or for four.
struct Scaling { axes: Axes, threads: u32 }

@group(0) @binding(0) var<uniform> g: Scaling;
@group(0) @binding(1) var<storage, read> x: array<E>;
@group(0) @binding(2) var<storage, read> factor: array<S>;
@group(0) @binding(3) var<storage, read_write> y: array<E>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let index = thread_index(workgroup, grid, local);
  if (index >= g.threads) {
    return;
  }
  let at = indices_at(index, g.axes);
  y[index] = E(V(x[index]) * (V(factor[at.in_set]) * scale_at(at.parameter)));
}
