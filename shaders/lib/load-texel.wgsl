// Loads four neighbouring numbers of a kernel's first operand, which is bound as a texture. Vectors outside of it are any numbers.
// slots: texel_at
@group(0) @binding(1) var first_operand: texture_2d<f32>;

fn load_texel(at: i32) -> vec4f {
  return textureLoad(first_operand, texel_at(u32(at)), 0);
}
