// A step of stochastic gradient descent with momentum: an invocation changes the weights of one place, or of four. They lose `ahead` of the
// new velocity and `own` of the gradient: 1 and 0, or by Nesterov's method the momentum and 1.
// slots: thread_index
// types: G, S, V, W
struct Rates { learning: f32, decay: f32, momentum: f32, ahead: f32, own: f32 }

@group(0) @binding(0) var<uniform> count: u32;
@group(0) @binding(1) var<storage, read> rates: Rates;
@group(0) @binding(2) var<storage, read_write> w: array<W>;
@group(0) @binding(3) var<storage, read> dw: array<G>;
@group(0) @binding(4) var<storage, read_write> velocity: array<S>;

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
  let next = rates.momentum * V(velocity[index]) + gradient;
  velocity[index] = S(next);
  w[index] = W(weight - rates.learning * (rates.ahead * next + rates.own * gradient));
}
