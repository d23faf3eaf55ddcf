// The inner product of the tiled GEMM in half precision, of which GPUs compute two numbers in an instruction: a K-step is summed in halves, and the sums
// of K-steps in float32. src/algorithms/gemm/halves.ts states its error.
// slots: add_products
// constants: TILE_M, TILE_N4
// types: Sums, T4
alias Products = array<T4, TILE_M * TILE_N4>;

fn multiply(sums: ptr<function, Sums>, own: vec2u, vectors: u32) {
  var products: Products;
  add_products(&products, own, vectors);
  // @unroll
  for (var i = 0u; i < TILE_M * TILE_N4; i++) {
    (*sums)[i] += vec4f(products[i]);
  }
}
