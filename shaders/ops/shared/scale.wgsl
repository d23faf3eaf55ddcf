// The scale of a parameter, or of four.
// types: P, Q, V
@group(0) @binding(8) var<storage, read> scale: array<P>;

fn scale_at(parameter: u32) -> V {
  return V(Q(scale[parameter]));
}
