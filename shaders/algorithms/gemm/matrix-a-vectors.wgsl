// A is stored row by row in whole vectors (A4 is four numbers as stored). Strides count vectors.
// types: A4
@group(0) @binding(1) var<storage, read> a: array<A4>;

fn row_of_a(m: u32) -> u32 {
  return m * g.a.row;
}

fn load_a(at: u32, k4: u32) -> vec4f {
  return vec4f(a[at + k4]);
}
