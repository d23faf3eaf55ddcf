// The weights of a cell in the outputs of linear upsampling by whole factors, which are the strides of its window. Outputs beyond the centre of
// the first or the last cell depend on that cell alone.
// constants: KERNEL_D, KERNEL_H, KERNEL_W, STRIDE_D, STRIDE_H, STRIDE_W
struct Rule { unused: u32 }

// The weight of tap: it rises up to the centre of the cell, on which is an output if the factor is odd, and falls behind it.
fn weight_at(tap: u32, factor: u32, window: u32, windows: u32) -> f32 {
  let behind = tap >= factor;
  let risen = f32(2u * select(tap, tap - factor, behind) + 1u + factor % 2u) / f32(2u * factor);
  return select(select(risen, 1.0 - risen, behind), 1.0, select(window == 0u, window + 1u == windows, behind));
}

fn weights_d(window: u32, windows: u32) -> array<f32, KERNEL_D> {
  var weights: array<f32, KERNEL_D>;
  // @unroll
  for (var tap = 0u; tap < KERNEL_D; tap++) {
    weights[tap] = weight_at(tap, STRIDE_D, window, windows);
  }
  return weights;
}

fn weights_h(window: u32, windows: u32) -> array<f32, KERNEL_H> {
  var weights: array<f32, KERNEL_H>;
  // @unroll
  for (var tap = 0u; tap < KERNEL_H; tap++) {
    weights[tap] = weight_at(tap, STRIDE_H, window, windows);
  }
  return weights;
}

fn weights_w(window: u32, windows: u32) -> array<f32, KERNEL_W> {
  var weights: array<f32, KERNEL_W>;
  // @unroll
  for (var tap = 0u; tap < KERNEL_W; tap++) {
    weights[tap] = weight_at(tap, STRIDE_W, window, windows);
  }
  return weights;
}
