// The inner product of the tiled GEMM in float32. Products is an alias of Sums, since naga takes two aliases of equal arrays for different types.
// slots: add_products
// types: Sums
alias Products = Sums;

fn multiply(sums: ptr<function, Sums>, own: vec2u, vectors: u32) {
  add_products(sums, own, vectors);
}
