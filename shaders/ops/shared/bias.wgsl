// The bias of a parameter, or of four.
// types: P, Q, V
@group(0) @binding(9) var<storage, read> bias: array<P>;

fn bias_at(parameter: u32) -> V {
  return V(Q(bias[parameter]));
}
