// The mean of a set, or of four, which is subtracted from its numbers.
// types: S, V
@group(0) @binding(11) var<storage, read> mean: array<S>;

fn center_at(in_set: u32) -> V {
  return V(mean[in_set]);
}
