// Stores the sums of four output channels, one by one (V = vec4f).
// slots: store_one
fn store(sum: vec4f, first_channel: u32, k: u32, at: u32, output: vec3u) {
  store_one(sum.x, first_channel, k, at, output);
  store_one(sum.y, first_channel, k + 1u, at, output);
  store_one(sum.z, first_channel, k + 2u, at, output);
  store_one(sum.w, first_channel, k + 3u, at, output);
}
