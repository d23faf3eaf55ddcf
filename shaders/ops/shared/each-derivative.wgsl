// The derivative of the activation at each of four numbers.
// slots: derivative
fn derivative_each(v: vec4f) -> vec4f {
  return vec4f(derivative(v.x), derivative(v.y), derivative(v.z), derivative(v.w));
}
