// The inner product of the tiled GEMM in float32.
// slots: add_products
// types: Sums
fn multiply(sums: ptr<function, Sums>, own: vec2u, vectors: u32) {
  add_products(sums, own, vectors);
}
