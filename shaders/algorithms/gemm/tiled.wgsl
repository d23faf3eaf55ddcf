// Batched GEMM through workgroup memory, for GPUs: the products of gemm.wgsl, and the same snippets for the layouts of A, B and C. A workgroup
// computes a SIDE_M x 4 SIDE_N4 workgroup tile of C. For each K-step of 4 STEP4 terms it loads its part of A and B, each number once, and keeps
// them in workgroup memory (`keep_a`, `keep_b`); its threads add the products of what they need to their sums (`multiply`), and store them at the
// end (`store_sums`). These four are the inner product: in float32 and in half precision by threads (thread-sums.wgsl), or by subgroups
// (subgroup-sums.wgsl). The scheme is that of Volkov and Demmel, "Benchmarking GPUs to tune dense linear algebra", section 5.
//
// Neighbouring threads load vectors along the columns of B, and of A along its columns, or with ROWS_FIRST along its rows. A thread loads vectors of
// A_ROWS rows of A and of one column of vectors of B.
//
// The terms of a sum are one run (one-run.wgsl), or several of size_k terms each, before each of which `prepare_run` finds the cells of A.
// With COUNTED the terms of a K-step are counted: a run may end within one, and compilers that unroll loops until registers spill (Mesa's for
// Intel) do not unroll this one.
// slots: columns_of_b, end_of_runs, first_run, keep_a, keep_b, load_a, load_b, multiply, part_of, prepare_rows, prepare_run, row_of_a, run_vectors, store_sums
// constants: A_ROWS, COUNTED, ROWS_FIRST, SIDE_M, SIDE_N4, STEP4, WORKGROUP_SIZE
// types: Sums
const LOADS_A = SIDE_M * STEP4 / WORKGROUP_SIZE;
const LOADS_B = SIDE_N4 * STEP4 * 4u / WORKGROUP_SIZE;

// Distance between the vectors that a thread loads of one row of A.
const BETWEEN_V = select(0u, WORKGROUP_SIZE / SIDE_M, ROWS_FIRST);

fn workgroup_thread(workgroup: u32, local_index: u32) {
  let local = local_index % WORKGROUP_SIZE;
  // No thread returns early, since barriers need all of them. Workgroups past the last tile compute the last one again.
  var index = min(workgroup, g.threads - 1u);
  let n0 = (index % g.tiles_n) * SIDE_N4;
  index /= g.tiles_n;
  let m0 = (index % g.tiles_m) * SIDE_M;
  index /= g.tiles_m;
  let inner = index % g.inner_count;
  let outer = index / g.inner_count;
  let own = part_of(local);

  // Of A a thread loads, at first, vector from_v of row from_m; of B, vector local % SIDE_N4 of row from_k. Rows and columns past the end read the
  // last one and are not stored.
  let from_m = select(local / STEP4, local % SIDE_M, ROWS_FIRST);
  let from_v = select(local % STEP4, local / SIDE_M, ROWS_FIRST);
  let from_k = local / SIDE_N4;
  let a_start = outer * g.a.outer + inner * g.a.inner;
  let b_start = outer * g.b.outer + inner * g.b.inner + from_k * g.b.row + columns_of_b((n0 + local % SIDE_N4) * 4u);
  prepare_rows(m0, inner, local);

  // Where the sums go, found before the loop, across which the numbers it is found from would take more registers. Rows past the last are not stored,
  // nor is anything of workgroups past the last.
  let own_m = select(g.size_m, m0 + own.x, workgroup < g.threads);
  let own_n = (n0 + own.y) * 4u;
  let c_tile = g.c.start + outer * g.c.outer + inner * g.c.inner;
  let channel = inner * g.channels;

  var sums: Sums;
  let end = end_of_runs(outer);
  for (var run = first_run(outer); run < end; run++) {
    prepare_run(run, local);
    var a_at: array<u32, A_ROWS>;
    // @unroll
    for (var z = 0u; z < A_ROWS; z++) {
      a_at[z] = a_start + row_of_a(min(m0 + from_m + z * (WORKGROUP_SIZE / STEP4), g.size_m - 1u));
    }
    var b_at = b_start + run * g.size_k * g.b.row;
    let vectors = run_vectors(run);
    for (var k4 = 0u; k4 < vectors; k4 += STEP4) {
      // @unroll
      for (var z = 0u; z < LOADS_A; z++) {
        let v = k4 + from_v + z * BETWEEN_V;
        keep_a(local + z * WORKGROUP_SIZE, load_a(a_at[z * A_ROWS / LOADS_A], v), v < vectors);
      }
      // @unroll
      for (var z = 0u; z < LOADS_B; z++) {
        let k = k4 * 4u + from_k + z * (WORKGROUP_SIZE / SIDE_N4);
        keep_b(local + z * WORKGROUP_SIZE, load_b(b_at + z * (WORKGROUP_SIZE / SIDE_N4) * g.b.row, k), k < vectors * 4u);
      }
      b_at += 4u * STEP4 * g.b.row;
      workgroupBarrier();
      multiply(&sums, own, select(STEP4, min(STEP4, vectors - k4), COUNTED));
      workgroupBarrier();
    }
  }

  store_sums(&sums, own, own_m, own_n, c_tile, channel);
}
