// Matrices [n, rows, columns], from those of another element type or, if TRANSPOSED, from [n, columns, rows], less the mean of each row.
// slots: center_at
// constants: TRANSPOSED
// types: E, F
struct Matrices { threads: u32, rows: u32, columns: u32 }

@group(0) @binding(0) var<uniform> g: Matrices;
@group(0) @binding(1) var<storage, read> given: array<E>;
@group(0) @binding(2) var<storage, read_write> to: array<F>;

fn thread(index: u32) {
  let row = index / g.columns;
  let n = row / g.rows;
  let place = select(index, (n * g.columns + index - row * g.columns) * g.rows + row - n * g.rows, TRANSPOSED);
  to[index] = F(f32(given[place]) - center_at(row));
}
