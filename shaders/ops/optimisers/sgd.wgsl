// A step of stochastic gradient descent without momentum: an invocation changes the weights of one place, or of four.
// slots: thread_index
// types: G, V, W
struct Rates { learning: f32, decay: f32, momentum: f32, ahead: f32, own: f32 }

@group(0) @binding(0) var<uniform> count: u32;
@group(0) @binding(1) var<storage, read> rates: Rates;
@group(0) @binding(2) var<storage, read_write> w: array<W>;
@group(0) @binding(3) var<storage, read> dw: array<G>;

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
  w[index] = W(weight - rates.learning * (V(dw[index]) + rates.decay * weight));
}
