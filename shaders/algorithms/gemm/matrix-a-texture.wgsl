// A is stored row by row in whole vectors, and bound as a texture. Strides count vectors.
// slots: texel_at
@group(0) @binding(1) var a: texture_2d<f32>;

fn row_of_a(m: u32) -> u32 {
  return m * g.a.row;
}

fn load_a(at: u32, k4: u32) -> vec4f {
  return textureLoad(a, texel_at(at + k4), 0);
}
