// Matrices transposed, [rows, columns] -> [columns, rows]: an invocation has a tile of TALL by WIDE, and those of a workgroup lie beside each
// other along both, so that what they load and what they store together are long pieces of rows.
// slots: thread_index
// constants: EVEN, SIDE, TALL, WIDE
// types: E
struct Transposed { matrices: u32, rows: u32, columns: u32, down: u32, across: u32 }

@group(0) @binding(0) var<uniform> g: Transposed;
@group(0) @binding(1) var<storage, read> x: array<E>;
@group(0) @binding(2) var<storage, read_write> y: array<E>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let block = thread_index(workgroup, grid, local) / (SIDE * SIDE);
  let strip = block / g.across;
  let matrix = strip / g.down;
  let inside = local % (SIDE * SIDE);
  let row = ((strip - matrix * g.down) * SIDE + inside / SIDE) * TALL;
  let column = ((block - strip * g.across) * SIDE + inside % SIDE) * WIDE;
  if (matrix >= g.matrices || row >= g.rows || column >= g.columns) {
    return;
  }
  let start = matrix * g.rows * g.columns;
  var tile: array<E, TALL * WIDE>;
  // @unroll
  for (var i = 0u; i < TALL; i++) {
    // Behind the last row or column is the last one again.
    let line = start + min(row + i, g.rows - 1u) * g.columns;
    // @unroll
    for (var j = 0u; j < WIDE; j++) {
      tile[i * WIDE + j] = x[line + min(column + j, g.columns - 1u)];
    }
  }
  // @unroll
  for (var j = 0u; j < WIDE; j++) {
    let to = start + (column + j) * g.rows + row;
    // @unroll
    for (var i = 0u; i < TALL; i++) {
      if (EVEN || (row + i < g.rows && column + j < g.columns)) {
        y[to + i] = tile[i * WIDE + j];
      }
    }
  }
}
