// The gradient of a cell in RUN channels: a sum over the bins of all regions of its image that have it.
// slots: channel_of, pixel, plane_at, region_at, samples_of, tap_of
// constants: CHANNELS_LAST, RUN
// types: Along, E
@group(0) @binding(3) var<storage, read> dy: array<E>;
@group(0) @binding(4) var<storage, read_write> dx: array<E>;

// The weight of a cell in all samples of a bin.
fn weight_of(cell: u32, bin: u32, a: Along, size: u32) -> f32 {
  let samples = samples_of(bin, a, size);
  var sum = 0.0;
  for (var i = samples.x; i < samples.y; i += 1.0) {
    let tap = tap_of(bin, i, a, size);
    sum += select(0.0, select(0.0, 1.0 - tap.weight, tap.low == cell) + select(0.0, tap.weight, tap.high == cell), tap.inside);
  }
  return sum;
}

// The bins, from the first to before the last, that may have a cell. Samples up to a cell beyond the border have the cell there.
fn bins_around(cell: u32, a: Along, size: u32, bins: u32) -> vec2u {
  let near = vec2f(f32(cell) - 1.0, select(f32(cell) + 1.0, f32(size), cell + 1u == size)) - a.start;
  let ends = select(near / a.bin, vec2f(0.0, f32(bins)), abs(a.bin) < 1e-20);
  let held = clamp(vec2f(floor(min(ends.x, ends.y)) - 1.0, ceil(max(ends.x, ends.y)) + 1.0), vec2f(), vec2f(f32(bins)));
  return vec2u(held);
}

fn thread(index: u32) {
  let cells = g.height * g.width;
  let bins = g.rows * g.columns;
  let rest = index / cells;
  let run = select(rest % g.runs, index % g.runs, CHANNELS_LAST);
  let own = select(rest / g.runs * cells + index % cells, index / g.runs, CHANNELS_LAST);
  let n = own / cells;
  let cell = own - n * cells;
  let row = cell / g.width;
  let column = cell - row * g.width;
  var channels: array<u32, RUN>;
  // @unroll
  for (var i = 0u; i < RUN; i++) {
    channels[i] = min(channel_of(run, i, RUN), g.channels - 1u);
  }
  var sums: array<f32, RUN>;
  for (var r = 0u; r < g.regions; r++) {
    let region = region_at(r);
    if (region.image == n) {
      let count = max(region.y.count * region.x.count, 1.0);
      let down = bins_around(row, region.y, g.height, g.rows);
      let along = bins_around(column, region.x, g.width, g.columns);
      for (var p = down.x; p < down.y; p++) {
        let vertical = weight_of(row, p, region.y, g.height) / count;
        if (vertical != 0.0) {
          for (var q = along.x; q < along.y; q++) {
            let weight = vertical * weight_of(column, q, region.x, g.width);
            let place = (p * g.columns + q) * pixel();
            // @unroll
            for (var i = 0u; i < RUN; i++) {
              sums[i] += select(0.0, weight * f32(dy[plane_at(r, channels[i], bins) + place]), weight != 0.0);
            }
          }
        }
      }
    }
  }
  // @unroll
  for (var i = 0u; i < RUN; i++) {
    let channel = channel_of(run, i, RUN);
    if (channel < g.channels) {
      dx[plane_at(n, channel, cells) + cell * pixel()] = E(sums[i]);
    }
  }
}
