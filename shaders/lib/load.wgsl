// Loads the elements of a kernel's first operand as they are stored.
// types: E
@group(0) @binding(1) var<storage, read> first_operand: array<E>;

fn load(at: u32) -> f32 {
  return f32(first_operand[at]);
}
