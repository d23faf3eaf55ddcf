// Loads the elements of a kernel's second operand as they are stored.
// types: E
@group(0) @binding(2) var<storage, read> second_operand: array<E>;

fn load_weight(at: u32) -> f32 {
  return f32(second_operand[at]);
}
