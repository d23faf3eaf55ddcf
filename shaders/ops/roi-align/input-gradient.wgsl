// The gradient of a cell in RUN channels: a sum over the bins of the regions that have its row.
// slots: cell_columns_at, cell_rows_at, cell_step, channel_step, columns_at, rows_at, run_first, run_step
// constants: CHANNELS_LAST, RUN
// types: E
@group(0) @binding(1) var<storage, read> table: array<u32>;
@group(0) @binding(2) var<storage, read> lists: array<u32>;
@group(0) @binding(3) var<storage, read> dy: array<E>;
@group(0) @binding(4) var<storage, read_write> dx: array<E>;

fn thread(index: u32) {
  let cells = g.height * g.width;
  let bins = g.rows * g.columns;
  let rest = index / cells;
  let run = select(rest % g.runs, index % g.runs, CHANNELS_LAST);
  let own = select(rest / g.runs * cells + index % cells, index / g.runs, CHANNELS_LAST);
  let line = own / g.width;
  let n = line / g.height;
  let row = line - n * g.height;
  let column = own - line * g.width;
  let channels = g.channels;
  let first = run_first(run, RUN);
  let step = run_step();
  let pixel = cell_step();
  var planes: array<u32, RUN>;
  // @unroll
  for (var i = 0u; i < RUN; i++) {
    planes[i] = min(first + i * step, channels - 1u) * channel_step(bins);
  }
  var sums: array<f32, RUN>;
  let list = line * (g.regions + 1u);
  let count = lists[list];
  for (var at = 1u; at <= count; at++) {
    let r = lists[list + at];
    let down = cell_rows_at(r, row);
    let along = cell_columns_at(r, column);
    let rows = vec2u(table[down], table[down + 1u]);
    let columns = vec2u(table[along], table[along + 1u]);
    let start = r * channels * bins;
    // One loop that counts like digits: nested loops take several times as long on software adapters.
    var p = rows.x;
    var q = columns.x;
    let all = (rows.y - rows.x) * (columns.y - columns.x);
    for (var bin = 0u; bin < all; bin++) {
      let weight = bitcast<f32>(table[rows_at(r, p) + 2u + row]) * bitcast<f32>(table[columns_at(r, q) + 2u + column]);
      let place = start + (p * g.columns + q) * pixel;
      // @unroll
      for (var i = 0u; i < RUN; i++) {
        sums[i] += select(0.0, weight * f32(dy[planes[i] + place]), weight != 0.0);
      }
      q++;
      p += u32(q == columns.y);
      q = select(q, columns.x, q == columns.y);
    }
  }
  let to = n * channels * cells + (own - n * cells) * pixel;
  let distance = channel_step(cells);
  // @unroll
  for (var i = 0u; i < RUN; i++) {
    let channel = first + i * step;
    if (channel < channels) {
      dx[to + channel * distance] = E(sums[i]);
    }
  }
}
