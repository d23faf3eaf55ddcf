// Transposes matrices, [rows, columns] -> [columns, rows]. The thread tile is TALL by WIDE. The thread tiles of a workgroup form a
// workgroup tile of SIDE by SIDE, so that both its loads and its stores are long pieces of rows.
// constants: EVEN, SIDE, TALL, WIDE
// types: E
struct Transposed { threads: u32, rows: u32, columns: u32, down: u32, across: u32 }

@group(0) @binding(0) var<uniform> g: Transposed;
@group(0) @binding(1) var<storage, read> x: array<E>;
@group(0) @binding(2) var<storage, read_write> y: array<E>;

fn thread(index: u32) {
  let block = index / (SIDE * SIDE);
  let strip = block / g.across;
  let matrix = strip / g.down;
  let inside = index % (SIDE * SIDE);
  let row = ((strip - matrix * g.down) * SIDE + inside / SIDE) * TALL;
  let column = ((block - strip * g.across) * SIDE + inside % SIDE) * WIDE;
  if (row >= g.rows || column >= g.columns) {
    return;
  }
  let start = matrix * g.rows * g.columns;
  var tile: array<E, TALL * WIDE>;
  // @unroll
  for (var i = 0u; i < TALL; i++) {
    // Rows and columns past the last repeat the last one.
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
