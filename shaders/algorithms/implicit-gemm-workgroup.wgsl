// Implicit GEMM through workgroup memory, for adapters that have some in hardware: a workgroup of 64 threads computes 64 outputs x 64 channels
// over one split of the terms, 8 x 8 a thread. For each K-step of STEP terms it loads cells (each thread those of one output) and packed weights;
// eight threads use each of them. The tile is the classic of Volkov and Demmel, "Benchmarking GPUs to tune dense linear algebra", section 5.
// slots: load_cell, next_term, output_at, store, term_at
// constants: STEP, WORKGROUP_SIZE
@group(0) @binding(2) var<storage, read> weights: array<vec4f>;

const SIDE = 64u;
var<workgroup> left: array<vec4f, STEP * SIDE / 4u>;
var<workgroup> right: array<f32, STEP * SIDE>;

fn workgroup_thread(tile: u32, local: u32) {
  // No thread returns early, since barriers need all of them. Workgroups past the last tile compute the last one again and store nothing.
  var index = min(tile, g.threads - 1u);
  let n0 = (index % g.tiles_n) * SIDE;
  index /= g.tiles_n;
  let v0 = (index % g.tiles_m) * (SIDE / 4u);
  index /= g.tiles_m;
  let split = index % g.splits;
  let group = index / g.splits;

  let output = output_at(n0 + local, group);
  let first = split * g.split_terms;
  let end = min(first + g.split_terms, g.terms);
  var term = term_at(first);
  let row = local / 8u;
  let column = local % 8u;
  var sums: array<vec4f, 16>;
  for (var k = first; k < end; k += STEP) {
    // @unroll
    for (var z = 0u; z < STEP; z++) {
      right[z * SIDE + local] = select(0.0, load_cell(output, term), k + z < end);
      term = next_term(term);
    }
    // @unroll
    for (var z = 0u; z < STEP / 4u; z++) {
      // Terms past the last count as zero through `right`; channels past the last read the last vector and are not stored.
      let vector = local + z * WORKGROUP_SIZE;
      let from_row = min(k + vector / 16u, g.terms - 1u);
      left[vector] = weights[group * g.weight_group + from_row * g.weight_row + min(v0 + vector % 16u, g.weight_row - 1u)];
    }
    workgroupBarrier();
    // @unroll
    for (var z = 0u; z < STEP; z++) {
      let low = left[z * 16u + row * 2u];
      let high = left[z * 16u + row * 2u + 1u];
      // @unroll
      for (var j = 0u; j < 8u; j++) {
        let cell = vec4f(right[z * SIDE + j * 8u + column]);
        sums[j * 2u] = fma(cell, low, sums[j * 2u]);
        sums[j * 2u + 1u] = fma(cell, high, sums[j * 2u + 1u]);
      }
    }
    workgroupBarrier();
  }

  if (tile < g.threads) {
    // @unroll
    for (var j = 0u; j < 8u; j++) {
      let n = n0 + j * 8u + column;
      let to = output_at(n, group);
      store(sums[j * 2u], group, split, (v0 + row * 2u) * 4u, n, to);
      store(sums[j * 2u + 1u], group, split, (v0 + row * 2u + 1u) * 4u, n, to);
    }
  }
}
