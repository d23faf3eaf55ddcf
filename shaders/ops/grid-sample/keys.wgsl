// The sort keys of samples, the cell at the place of each in a map with MARGIN more cells on each side, and their order before sorting.
// slots: sample_at
// constants: DEEP
@group(0) @binding(2) var<storage, read_write> keys: array<u32>;
@group(0) @binding(3) var<storage, read_write> order: array<u32>;

const MARGIN = 3;

fn row_of(cell: i32, size: u32) -> u32 {
  return u32(clamp(cell, -MARGIN, i32(size) + MARGIN - 1) + MARGIN);
}

fn thread(sample: u32) {
  let s = sample_at(sample);
  let margins = 2u * u32(MARGIN);
  var row = row_of(s.y.cell, g.height);
  if (DEEP) {
    row += row_of(s.z.cell, g.depth) * (g.height + margins);
  }
  keys[sample] = row * (g.width + margins) + row_of(s.x.cell, g.width);
  order[sample] = sample % g.points;
}
