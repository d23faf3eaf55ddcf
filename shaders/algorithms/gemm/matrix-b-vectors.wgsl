// B is stored row by row in whole vectors (B4 is four numbers as stored). Strides count vectors. Columns past the end read the last vector.
// types: B4
@group(0) @binding(2) var<storage, read> b: array<B4>;

fn columns_of_b(n: u32) -> u32 {
  return min(n, g.size_n - 1u) / 4u;
}

fn load_b(at: u32, k: u32) -> vec4f {
  return vec4f(b[at]);
}
