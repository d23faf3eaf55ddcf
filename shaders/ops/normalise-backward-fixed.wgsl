// The gradient of normalising by statistics that do not depend on x.
struct Normalise { axes: Axes, threads: u32 }

@group(0) @binding(0) var<uniform> g: Normalise;
@group(0) @binding(1) var<storage, read> dy: array<E>;
@group(0) @binding(2) var<storage, read_write> dx: array<E>;
@group(0) @binding(3) var<storage, read> inverse: array<S>;

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
  dx[index] = E(V(dy[index]) * (V(inverse[at.in_set]) * scale_at(at.parameter)));
}
