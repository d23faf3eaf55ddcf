// Copies a batch of matrices with any strides into row-major ones whose rows are whole vectors, with zeros beyond the edges: what
// the GEMM reads when the weights do not lie that way already.
struct Pack {
  threads: u32,
  row_vectors: u32, rows: u32,
  from_rows: u32, from_columns: u32,
  from_batch: u32, from_row: u32, from_column: u32,
}

@group(0) @binding(0) var<uniform> g: Pack;
@group(0) @binding(1) var<storage, read> from_matrix: array<E>;
@group(0) @binding(3) var<storage, read_write> to_matrix: array<vec4f>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let index = thread_index(workgroup, grid, local);
  if (index >= g.threads) {
    return;
  }
  let column = (index % g.row_vectors) * 4u;
  let row = (index / g.row_vectors) % g.rows;
  let start = index / g.row_vectors / g.rows * g.from_batch + min(row, g.from_rows - 1u) * g.from_row;
  var values: vec4f;
  // @unroll
  for (var lane = 0u; lane < 4u; lane++) {
    let inside = row < g.from_rows && column + lane < g.from_columns;
    let value = f32(from_matrix[start + min(column + lane, g.from_columns - 1u) * g.from_column]);
    values[lane] = select(0.0, value, inside);
  }
  to_matrix[index] = values;
}
