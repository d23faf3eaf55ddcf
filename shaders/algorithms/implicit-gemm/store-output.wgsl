// Stores the finished sums of four channels of an output.
// slots: epilogue
// types: Y
@group(0) @binding(3) var<storage, read_write> y: array<Y>;

fn store(sum: vec4f, group: u32, split: u32, k: u32, n: u32, at: u32) {
  store_one(sum.x, group, k, n, at);
  store_one(sum.y, group, k + 1u, n, at);
  store_one(sum.z, group, k + 2u, n, at);
  store_one(sum.w, group, k + 3u, n, at);
}

fn store_one(sum: f32, group: u32, k: u32, n: u32, at: u32) {
  if ((k < g.group_k) & (n < g.outputs)) {
    let index = at + k * g.y_stride_k;
    y[index] = Y(epilogue(sum, group * g.group_k + k, index));
  }
}
