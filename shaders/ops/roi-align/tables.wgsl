// The weights of cells in bins, which separate into those of rows and of columns: an invocation computes a row of a table. For each region
// its image; for each row and column of bins the first cell, the one after the last, and the weight of each cell between these; if CELLS, for
// each row and column of cells the first bin that has it and the one after the last. The weights of columns are divided by the samples
// of a bin.
// slots: cell_columns_at, cell_rows_at, columns_at, region_at, rows_at, samples_between, tap_of
// constants: CELLS
// types: Along
@group(0) @binding(3) var<storage, read_write> table: array<u32>;

// The weight of a cell in all samples of a bin.
fn weight_of(cell: u32, bin: u32, a: Along, size: u32) -> f32 {
  // Samples up to a cell beyond the border have the cell there.
  let samples = samples_between(bin, a, f32(cell) - 1.0, select(f32(cell) + 1.0, f32(size), cell + 1u == size));
  var sum = 0.0;
  for (var i = samples.x; i < samples.y; i += 1.0) {
    let tap = tap_of(bin, i, a, size);
    sum += select(0.0, select(0.0, 1.0 - tap.weight, tap.low == cell) + select(0.0, tap.weight, tap.high == cell), tap.inside);
  }
  return sum;
}

// The bins that have a cell.
fn bins_around(cell: u32, a: Along, size: u32, bins: u32) -> vec2u {
  let near = vec2f(f32(cell) - 1.0, select(f32(cell) + 1.0, f32(size), cell + 1u == size)) - a.start;
  let ends = select(near / a.bin, vec2f(0.0, f32(bins)), abs(a.bin) < 1e-20);
  let held = clamp(vec2f(floor(min(ends.x, ends.y)) - 1.0, ceil(max(ends.x, ends.y)) + 1.0), vec2f(), vec2f(f32(bins)));
  var around = vec2u(held);
  while (around.x < around.y && weight_of(cell, around.x, a, size) == 0.0) {
    around.x++;
  }
  while (around.x < around.y && weight_of(cell, around.y - 1u, a, size) == 0.0) {
    around.y--;
  }
  return around;
}

fn thread(index: u32) {
  let bins = g.rows + g.columns;
  let all = bins + select(0u, g.height + g.width, CELLS);
  let r = index / all;
  let of_bins = index - r * all < bins;
  let row = index - r * all - select(bins, 0u, of_bins);
  let down = row < select(g.height, g.rows, of_bins);
  let own = row - select(select(g.height, g.rows, of_bins), 0u, down);
  let region = region_at(r);
  var a = region.x;
  if (down) {
    a = region.y;
  }
  let size = select(g.width, g.height, down);
  if (of_bins) {
    let places = a.start + f32(own) * a.bin + vec2f(0.5, a.count - 0.5) * a.step;
    let held = clamp(vec2f(min(places.x, places.y), max(places.x, places.y)), vec2f(), vec2f(f32(size - 1u)));
    let first = u32(held.x);
    let end = select(first, min(u32(held.y) + 2u, size), a.count > 0.0 && region.image < g.images);
    let to = select(columns_at(r, own), rows_at(r, own), down);
    table[to] = first;
    table[to + 1u] = end;
    let divisor = select(max(region.y.count * region.x.count, 1.0), 1.0, down);
    for (var cell = first; cell < end; cell++) {
      table[to + 2u + cell] = bitcast<u32>(weight_of(cell, own, a, size) / divisor);
    }
    if (index == r * all) {
      table[r] = region.image;
    }
  } else {
    let around = bins_around(own, a, size, select(g.columns, g.rows, down));
    let to = select(cell_columns_at(r, own), cell_rows_at(r, own), down);
    table[to] = around.x;
    table[to + 1u] = around.y;
  }
}
