// The regions of an image that have a row of its cells: their number, then the regions.
// slots: cell_rows_at
@group(0) @binding(1) var<storage, read> table: array<u32>;
@group(0) @binding(2) var<storage, read_write> lists: array<u32>;

fn thread(index: u32) {
  let n = index / g.height;
  let row = index - n * g.height;
  let list = index * (g.regions + 1u);
  var count = 0u;
  for (var r = 0u; r < g.regions; r++) {
    let bins = cell_rows_at(r, row);
    if (table[r] == n && table[bins] < table[bins + 1u]) {
      count++;
      lists[list + count] = r;
    }
  }
  lists[list] = count;
}
