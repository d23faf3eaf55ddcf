// Stores the sums of one split of the terms where y will stand in the partial result of that split.
@group(0) @binding(3) var<storage, read_write> partials: array<f32>;

fn store(sum: vec4f, group: u32, split: u32, k: u32, n: u32, at: u32) {
  store_one(sum.x, split, k, n, at);
  store_one(sum.y, split, k + 1u, n, at);
  store_one(sum.z, split, k + 2u, n, at);
  store_one(sum.w, split, k + 3u, n, at);
}

fn store_one(sum: f32, split: u32, k: u32, n: u32, at: u32) {
  if ((k < g.group_k) & (n < g.outputs)) {
    partials[split * g.partial + at + k * g.y_stride_k] = sum;
  }
}
