// Loads the elements of a kernel's first operand, a gradient, and multiplies them by the derivative of an activation. `gate` holds the values
// that the derivative (derivative/*.wgsl) is computed from.
// slots: derivative
// types: E
@group(0) @binding(1) var<storage, read> first_operand: array<E>;
@group(0) @binding(6) var<storage, read> gate: array<E>;

fn load(at: u32) -> f32 {
  return f32(first_operand[at]) * derivative(f32(gate[at]));
}
