// The bins of regions, weighted sums of cells: an invocation computes RUN channels of a bin. Uniforms are loaded before the stores, behind which
// SwiftShader loads them again.
// slots: cell_step, channel_step, columns_at, rows_at, run_first, run_step
// constants: CHANNELS_LAST, RUN
// types: E
@group(0) @binding(1) var<storage, read> table: array<u32>;
@group(0) @binding(2) var<storage, read> x: array<E>;
@group(0) @binding(3) var<storage, read_write> y: array<E>;

fn thread(index: u32) {
  let bins = g.rows * g.columns;
  let cells = g.height * g.width;
  let rest = index / bins;
  let run = select(rest % g.runs, index % g.runs, CHANNELS_LAST);
  let own = select(rest / g.runs * bins + index % bins, index / g.runs, CHANNELS_LAST);
  let r = own / bins;
  let row = (own - r * bins) / g.columns;
  let channels = g.channels;
  let first = run_first(run, RUN);
  let step = run_step();
  let start = min(table[r], g.images - 1u) * channels * cells;
  var planes: array<u32, RUN>;
  // @unroll
  for (var i = 0u; i < RUN; i++) {
    planes[i] = start + min(first + i * step, channels - 1u) * channel_step(cells);
  }
  let down = rows_at(r, row);
  let along = columns_at(r, own % g.columns);
  let rows = vec2u(table[down], table[down + 1u]);
  let columns = vec2u(table[along], table[along + 1u]);
  let width = g.width;
  let pixel = cell_step();
  let count = (rows.y - rows.x) * (columns.y - columns.x);
  var sums: array<f32, RUN>;
  // One loop that counts like digits: nested loops take several times as long on software adapters.
  var h = rows.x;
  var w = columns.x;
  for (var at = 0u; at < count; at++) {
    let weight = bitcast<f32>(table[down + 2u + h]) * bitcast<f32>(table[along + 2u + w]);
    let place = (h * width + w) * pixel;
    // A cell of no weight is not to count, whatever it holds.
    // @unroll
    for (var i = 0u; i < RUN; i++) {
      sums[i] += select(0.0, weight * f32(x[planes[i] + place]), weight != 0.0);
    }
    w++;
    h += u32(w == columns.y);
    w = select(w, columns.x, w == columns.y);
  }
  let to = r * channels * bins + (own - r * bins) * pixel;
  let distance = channel_step(bins);
  // @unroll
  for (var i = 0u; i < RUN; i++) {
    let channel = first + i * step;
    if (channel < channels) {
      y[to + channel * distance] = E(sums[i]);
    }
  }
}
