// Loads four neighbouring numbers of a kernel's first operand, which is bound as uniforms. Vectors outside of it are any numbers.
// constants: INPUT_VECTORS
@group(0) @binding(1) var<uniform> first_operand: array<vec4f, INPUT_VECTORS>;

fn load_texel(at: i32) -> vec4f {
  return first_operand[u32(at)];
}
