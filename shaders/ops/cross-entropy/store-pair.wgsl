// Stores the loss and the weight of a line, which sum-pairs.wgsl adds up.
@group(0) @binding(4) var<storage, read_write> pairs: array<vec2f>;

fn store_loss(line: u32, loss: f32, weight: f32) {
  pairs[line] = vec2f(loss, weight);
}
