// The place of vector `at` of a range that is bound as a texture.
// constants: TEXTURE_WIDTH
fn texel_at(at: u32) -> vec2u {
  return vec2u(at % TEXTURE_WIDTH, at / TEXTURE_WIDTH);
}
