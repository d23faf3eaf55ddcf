// B is a channels-first tensor: row k is a channel, column n the pixel that output n sees, at any stride. Strides count elements. Columns
// past the end read the last pixel; rows past the last channel, which pad the sum to a multiple of 4, are zero.
@group(0) @binding(2) var<storage, read> b: array<B>;

fn columns_of_b(n: u32) -> vec4u {
  let index = min(vec4u(n, n + 1u, n + 2u, n + 3u), vec4u(g.size_n - 1u));
  return vec4u(pixel_offset(index.x), pixel_offset(index.y), pixel_offset(index.z), pixel_offset(index.w));
}

fn load_b(at: vec4u, k: u32) -> vec4f {
  let cells = vec4f(vec4<B>(b[at.x], b[at.y], b[at.z], b[at.w]));
  return select(vec4f(), cells, k < g.size_k);
}
