// The product of spectra, a complex matrix product for each frequency and group:
// Y[k, tile] = sum over c of X[c, tile] conj(W[c, k]), the spectrum of the cross-correlation. Each thread computes a TILE_K x TILE_T tile of Y
// directly from storage. Y is stored with real and imaginary part swapped, as the inverse passes expect it.
// K_TAIL: some thread tile reaches past the last output channel.
// constants: K_TAIL, TILE_K, TILE_T
struct Product {
  threads: u32, blocks_t: u32, blocks_k: u32, group_c: u32,
  outputs: u32, tiles: u32,
}

@group(0) @binding(0) var<uniform> g: Product;
@group(0) @binding(1) var<storage, read> x: array<vec2f>;
@group(0) @binding(2) var<storage, read> w: array<vec2f>;
@group(0) @binding(3) var<storage, read_write> y: array<vec2f>;

fn thread(invocation: u32) {
  var index = invocation;
  let t0 = (index % g.blocks_t) * TILE_T;
  index /= g.blocks_t;
  let k0 = (index % g.blocks_k) * TILE_K;
  // The remaining index counts through the frequencies and the groups of each.
  let matrix = index / g.blocks_k;

  // Channels and tiles past the end read the last one and are not stored.
  var w_at: array<u32, TILE_K>;
  // @unroll
  for (var i = 0u; i < TILE_K; i++) {
    w_at[i] = matrix * g.group_c * g.outputs + min(k0 + i, g.outputs - 1u);
  }
  var x_at: array<u32, TILE_T>;
  // @unroll
  for (var j = 0u; j < TILE_T; j++) {
    x_at[j] = matrix * g.group_c * g.tiles + min(t0 + j, g.tiles - 1u);
  }
  var sums: array<vec2f, TILE_K * TILE_T>;
  for (var c = 0u; c < g.group_c; c++) {
    var right: array<vec2f, TILE_T>;
    // @unroll
    for (var j = 0u; j < TILE_T; j++) {
      right[j] = x[x_at[j]];
      x_at[j] += g.tiles;
    }
    // @unroll
    for (var i = 0u; i < TILE_K; i++) {
      let left = w[w_at[i]];
      w_at[i] += g.outputs;
      // @unroll
      for (var j = 0u; j < TILE_T; j++) {
        // swap(x conj(w)) = (x.y w.x - x.x w.y, x.x w.x + x.y w.y)
        let sum = fma(vec2f(left.x), right[j].yx, sums[i * TILE_T + j]);
        sums[i * TILE_T + j] = fma(vec2f(-left.y, left.y), right[j], sum);
      }
    }
  }

  let start = (matrix * g.outputs + k0) * g.tiles + t0;
  // @unroll
  for (var i = 0u; i < TILE_K; i++) {
    // @unroll
    for (var j = 0u; j < TILE_T; j++) {
      if (select(true, k0 + i < g.outputs, K_TAIL) && t0 + j < g.tiles) {
        y[start + i * g.tiles + j] = sums[i * TILE_T + j];
      }
    }
  }
}
