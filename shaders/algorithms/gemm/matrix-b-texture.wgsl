// B is stored row by row in whole vectors, and bound as a texture. Strides count vectors. Columns past the end read the last vector.
// slots: texel_at
@group(0) @binding(2) var b: texture_2d<f32>;

fn columns_of_b(n: u32) -> u32 {
  return min(n, g.size_n - 1u) / 4u;
}

fn load_b(at: u32, k: u32) -> vec4f {
  return textureLoad(b, texel_at(at), 0);
}
