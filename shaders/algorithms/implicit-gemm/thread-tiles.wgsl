// Implicit GEMM from global memory: y[k, n] = sum over terms of weights[k, term] cells[term, n], where n runs through the outputs of the
// whole batch. A thread computes TILE_N outputs for TILE_V vectors of four channels, over one split of the terms. The weights are
// packed: a row for each term, with the channels in vectors. Partial sums go to the workspace; reduce-splits.wgsl adds them.
// slots: load_cell, next_term, output_at, store, term_at
// constants: STEP, TILE_N, TILE_V
// types: Output
@group(0) @binding(2) var<storage, read> weights: array<vec4f>;

fn thread(invocation: u32) {
  var index = invocation;
  let n0 = (index % g.tiles_n) * TILE_N;
  index /= g.tiles_n;
  let v0 = (index % g.tiles_m) * TILE_V;
  index /= g.tiles_m;
  let split = index % g.splits;
  let group = index / g.splits;

  // Found, and stored at the end, through copies, which loops may index.
  var places: array<Output, TILE_N>;
  // @unroll unless compact
  for (var j = 0u; j < TILE_N; j++) {
    places[j] = output_at(n0 + j, group);
  }
  var outputs: array<Output, TILE_N>;
  // @unroll
  for (var j = 0u; j < TILE_N; j++) {
    outputs[j] = places[j];
  }
  // Vectors of channels past the last read the last one and are not stored.
  var lanes_at: array<u32, TILE_V>;
  // @unroll
  for (var i = 0u; i < TILE_V; i++) {
    lanes_at[i] = group * g.weight_group + min(v0 + i, g.weight_row - 1u);
  }

  let first = split * g.split_terms;
  let end = min(first + g.split_terms, g.terms);
  var term = term_at(first);
  var sums: array<vec4f, TILE_N * TILE_V>;
  for (var k = first; k < end; k += STEP) {
    // @unroll
    for (var z = 0u; z < STEP; z++) {
      var cells: array<f32, TILE_N>;
      // @unroll
      for (var j = 0u; j < TILE_N; j++) {
        // Terms past the end complete a K-step: they count as zero, whatever they read.
        cells[j] = select(0.0, load_cell(outputs[j], term), k + z < end);
      }
      // @unroll
      for (var i = 0u; i < TILE_V; i++) {
        let weight = weights[lanes_at[i] + (k + z) * g.weight_row];
        // @unroll
        for (var j = 0u; j < TILE_N; j++) {
          sums[j * TILE_V + i] = fma(vec4f(cells[j]), weight, sums[j * TILE_V + i]);
        }
      }
      term = next_term(term);
    }
  }

  var results: array<vec4f, TILE_N * TILE_V>;
  // @unroll
  for (var i = 0u; i < TILE_N * TILE_V; i++) {
    results[i] = sums[i];
  }
  // @unroll unless compact
  for (var j = 0u; j < TILE_N; j++) {
    // @unroll unless compact
    for (var i = 0u; i < TILE_V; i++) {
      store(results[j * TILE_V + i], group, split, (v0 + i) * 4u, n0 + j, places[j]);
    }
  }
}
