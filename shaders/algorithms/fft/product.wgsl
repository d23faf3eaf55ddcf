// The product of spectra, a complex matrix product for each frequency and group:
// Y[k, tile] = sum over c of X[c, tile] conj(W[c, k]), the spectrum of the cross-correlation. Each thread computes a TILE_K x TILE_T tile of Y
// directly from storage. Y is stored with real and imaginary part swapped, as the inverse passes expect it.
// IN_PARTS: each kernel is in several parts, and W has a term for each part and channel, the channel fastest. Part b of a tile meets the tile of the
// input that is b further along each axis; there are more of those in a row, a slice and an image than tiles (rowEnds in tiling.ts).
// K_TAIL: some thread tile reaches past the last output channel.
// constants: IN_PARTS, K_TAIL, TILE_K, TILE_T
struct Product {
  threads: u32, blocks_t: u32, blocks_k: u32, group_c: u32, terms: u32,
  outputs: u32, tiles: u32, inputs: u32, first_tile: u32, first_input: u32,
  every_d: u32, every_h: u32, every_w: u32,
  skip_d: u32, skip_h: u32, skip_w: u32,
  parts_h: u32, parts_w: u32,
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
    w_at[i] = matrix * g.terms * g.outputs + min(k0 + i, g.outputs - 1u);
  }
  var x_at: array<u32, TILE_T>;
  // @unroll
  for (var j = 0u; j < TILE_T; j++) {
    let tile = g.first_tile + min(t0 + j, g.tiles - 1u);
    if (IN_PARTS) {
      let input = tile + tile / g.every_d * g.skip_d + tile / g.every_h * g.skip_h + tile / g.every_w * g.skip_w;
      x_at[j] = matrix * g.group_c * g.inputs + input - g.first_input;
    } else {
      x_at[j] = matrix * g.group_c * g.inputs + tile - g.first_tile;
    }
  }
  var sums: array<vec2f, TILE_K * TILE_T>;
  for (var term = 0u; term < g.terms; term++) {
    var right: array<vec2f, TILE_T>;
    // @unroll
    for (var j = 0u; j < TILE_T; j++) {
      right[j] = x[x_at[j]];
      x_at[j] += g.inputs;
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
    if (IN_PARTS && (term + 1u) % g.group_c == 0u) {
      // To the first channel of the next part: the next tile of the input, or the first of the next row or slice.
      let part = (term + 1u) / g.group_c;
      var next = 1u - g.group_c * g.inputs;
      if (part % g.parts_w == 0u) {
        next += g.every_w - 1u;
        if (part / g.parts_w % g.parts_h == 0u) {
          next += (g.every_h / g.every_w - 1u) * (g.every_w + g.skip_w);
        }
      }
      // @unroll
      for (var j = 0u; j < TILE_T; j++) {
        x_at[j] += next;
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
