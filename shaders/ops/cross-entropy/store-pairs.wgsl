// Stores the losses and the weights of an item of four lines, which sum-pairs.wgsl adds up.
@group(0) @binding(4) var<storage, read_write> pairs: array<vec4f>;

fn store_loss(line: u32, loss: vec4f, weight: vec4f) {
  pairs[2u * line] = vec4f(loss.x, weight.x, loss.y, weight.y);
  pairs[2u * line + 1u] = vec4f(loss.z, weight.z, loss.w, weight.w);
}
