// A step of Adam: an invocation changes the weights of one place, or of four. `size` is the learning rate over the correction of the first
// mean, `root` one over the root of that of the second.
// slots: thread_index
// types: G, S, T, V, W
struct Rates {
  size: f32, kept: f32, decay: f32,
  beta1: f32, rest1: f32, beta2: f32, rest2: f32,
  root: f32, epsilon: f32,
}

@group(0) @binding(0) var<uniform> count: u32;
@group(0) @binding(1) var<storage, read> rates: Rates;
@group(0) @binding(2) var<storage, read_write> w: array<W>;
@group(0) @binding(3) var<storage, read> dw: array<G>;
@group(0) @binding(4) var<storage, read_write> m: array<S>;
@group(0) @binding(5) var<storage, read_write> v: array<T>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let index = thread_index(workgroup, grid, local);
  if (index >= count) {
    return;
  }
  let weight = V(w[index]);
  let gradient = V(dw[index]) + rates.decay * weight;
  let mean = rates.beta1 * V(m[index]) + rates.rest1 * gradient;
  let square = rates.beta2 * V(v[index]) + rates.rest2 * gradient * gradient;
  m[index] = S(mean);
  v[index] = T(square);
  w[index] = W(rates.kept * weight - rates.size * mean / (sqrt(square) * rates.root + rates.epsilon));
}
