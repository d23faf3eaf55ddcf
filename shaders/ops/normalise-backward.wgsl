// The gradient of normalising (Ioffe and Szegedy, "Batch Normalization", 2015, section 3): what of a gradient neither moves the mean of its set
// nor its deviation. `sums` and `products` hold the means of the gradient, and of its products with the normalised numbers.
struct Normalise { axes: Axes, threads: u32 }

@group(0) @binding(0) var<uniform> g: Normalise;
@group(0) @binding(1) var<storage, read> dy: array<E>;
@group(0) @binding(2) var<storage, read_write> dx: array<E>;
@group(0) @binding(3) var<storage, read> inverse: array<S>;
@group(0) @binding(4) var<storage, read> x: array<E>;
@group(0) @binding(5) var<storage, read> mean: array<S>;
@group(0) @binding(6) var<storage, read> sums: array<S>;
@group(0) @binding(7) var<storage, read> products: array<S>;

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
  let factor = V(inverse[at.in_set]);
  let normal = (V(x[index]) - V(mean[at.in_set])) * factor;
  let gradient = V(dy[index]) * scale_at(at.parameter);
  dx[index] = E((gradient - V(sums[at.in_set]) - normal * V(products[at.in_set])) * factor);
}
