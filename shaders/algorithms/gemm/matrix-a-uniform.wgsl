// A is a range of prepacked weights, row by row in whole vectors, bound as uniforms from vector a_first on. Strides count vectors.
// constants: A_VECTORS
@group(0) @binding(1) var<uniform> a: array<vec4f, A_VECTORS>;

fn row_of_a(m: u32) -> u32 {
  return m * g.a.row - g.a_first;
}

fn load_a(at: u32, k4: u32) -> vec4f {
  return a[at + k4];
}
