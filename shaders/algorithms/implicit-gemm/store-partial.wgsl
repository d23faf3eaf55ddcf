// Stores the sums of one split of the terms: a row of outputs for each channel of each group, one after the other.
@group(0) @binding(3) var<storage, read_write> partials: array<f32>;

fn store(sum: vec4f, group: u32, split: u32, k: u32, n: u32, at: u32) {
  store_one(sum.x, group, split, k, n);
  store_one(sum.y, group, split, k + 1u, n);
  store_one(sum.z, group, split, k + 2u, n);
  store_one(sum.w, group, split, k + 3u, n);
}

fn store_one(sum: f32, group: u32, split: u32, k: u32, n: u32) {
  if ((k < g.group_k) & (n < g.outputs)) {
    partials[split * g.partial + (group * g.group_k + k) * g.outputs + n] = sum;
  }
}
