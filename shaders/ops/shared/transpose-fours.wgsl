// Transposes matrices whose sides divide by four, [rows, columns] -> [columns, rows]. The thread tile is four by four, of vectors. As in
// transpose.wgsl the thread tiles of a workgroup form a workgroup tile of SIDE by SIDE.
// constants: SIDE
// types: V
struct Transposed { threads: u32, rows: u32, columns: u32, down: u32, across: u32 }

@group(0) @binding(0) var<uniform> g: Transposed;
@group(0) @binding(1) var<storage, read> x: array<V>;
@group(0) @binding(2) var<storage, read_write> y: array<V>;

fn thread(index: u32) {
  let block = index / (SIDE * SIDE);
  let strip = block / g.across;
  let matrix = strip / g.down;
  let inside = index % (SIDE * SIDE);
  // In vectors.
  let row = (strip - matrix * g.down) * SIDE + inside / SIDE;
  let column = (block - strip * g.across) * SIDE + inside % SIDE;
  let rows = g.rows / 4u;
  let columns = g.columns / 4u;
  if (row >= rows || column >= columns) {
    return;
  }
  let start = matrix * g.rows * columns;
  let first = start + row * g.columns + column;
  let a = x[first];
  let b = x[first + columns];
  let c = x[first + 2u * columns];
  let d = x[first + 3u * columns];
  let to = start + column * g.rows + row;
  y[to] = V(a.x, b.x, c.x, d.x);
  y[to + rows] = V(a.y, b.y, c.y, d.y);
  y[to + 2u * rows] = V(a.z, b.z, c.z, d.z);
  y[to + 3u * rows] = V(a.w, b.w, c.w, d.w);
}
