// B is a channels-first tensor: row k is a channel, column n the pixel that output n sees, at any stride. Strides count elements. Columns
// past the end read the last pixel; rows past the last channel, which pad the sum to a multiple of 4, are zero. load_weight comes
// from load-weight.wgsl.
// slots: load_weight, pixel_offset

fn columns_of_b(n: u32) -> vec4u {
  let index = min(vec4u(n, n + 1u, n + 2u, n + 3u), vec4u(g.size_n - 1u));
  return vec4u(pixel_offset(index.x), pixel_offset(index.y), pixel_offset(index.z), pixel_offset(index.w));
}

fn load_b(at: vec4u, k: u32) -> vec4f {
  let cells = vec4f(load_weight(at.x), load_weight(at.y), load_weight(at.z), load_weight(at.w));
  return select(vec4f(), cells, k < g.size_k);
}
