// B lies row by row in whole vectors in the workspace, which C is written to as well: a buffer that is written in a dispatch may not be
// bound read-only beside. Strides count vectors. Columns past the end read the last vector.
@group(0) @binding(2) var<storage, read_write> b: array<B4>;

fn columns_of_b(n: u32) -> u32 {
  return min(n, g.size_n - 1u) / 4u;
}

fn load_b(at: u32, k: u32) -> vec4f {
  return vec4f(b[at]);
}
