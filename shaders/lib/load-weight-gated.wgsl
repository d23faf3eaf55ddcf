// Loads the elements of a kernel's second operand, a gradient, and multiplies them by the derivative of an activation. `gate` holds the values
// that the derivative (derivative/*.wgsl) is computed from.
// slots: derivative
// types: E
@group(0) @binding(2) var<storage, read> second_operand: array<E>;
@group(0) @binding(6) var<storage, read> gate: array<E>;

fn load_weight(at: u32) -> f32 {
  return f32(second_operand[at]) * derivative(f32(gate[at]));
}
