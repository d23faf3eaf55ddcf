// The divisor of all losses: the sum of the weights of all lines.
@group(0) @binding(6) var<storage, read> pairs: array<vec2f>;

fn divisor() -> f32 {
  return pairs[0].y;
}
