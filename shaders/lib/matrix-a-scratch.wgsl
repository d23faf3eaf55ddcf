// A lies row by row in whole vectors in the workspace, which C is written to as well: a buffer that is written in a dispatch may not be
// bound read-only beside. Strides count vectors.
@group(0) @binding(1) var<storage, read_write> a: array<A4>;

fn row_of_a(m: u32) -> u32 {
  return m * g.a_row;
}

fn load_a(at: u32, k4: u32) -> vec4f {
  return vec4f(a[at + k4]);
}
