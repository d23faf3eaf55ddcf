// The weights of classes that the caller gives.
// types: E
@group(0) @binding(3) var<storage, read> class_weights: array<E>;

fn weight_of(c: u32) -> f32 {
  return f32(class_weights[c]);
}
