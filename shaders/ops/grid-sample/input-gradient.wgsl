// The gradient of a cell in RUN channels: the sum over the samples that may have it, which are those of the cells around it, in sorted order.
// slots: pixel, plane_at, sample_at
// constants: ABOVE, BELOW, BORDER, CHANNELS_LAST, DEEP, PADDING, RUN, TAPS
// types: E, Taps
@group(0) @binding(2) var<storage, read> dy: array<E>;
@group(0) @binding(3) var<storage, read> starts: array<u32>;
@group(0) @binding(4) var<storage, read> order: array<u32>;
@group(0) @binding(5) var<storage, read_write> dx: array<E>;

const MARGIN = 3;

fn weight_of(cell: u32, taps: Taps) -> f32 {
  var weight = 0.0;
  // @unroll
  for (var k = 0u; k < TAPS; k++) {
    weight += select(0.0, taps.weights[k], taps.cells[k] == cell);
  }
  return weight;
}

// The rows of keys, the first and the last, of samples that may have a cell.
fn rows_around(cell: u32, size: u32) -> vec2u {
  let own = i32(cell);
  var first = max(own - BELOW, -MARGIN);
  var last = min(own + ABOVE, i32(size) + MARGIN - 1);
  // All taps beyond the border are the cell there.
  if (TAPS == 4u && PADDING == BORDER) {
    first = select(first, -MARGIN, cell == 0u);
    last = select(last, i32(size) + MARGIN - 1, cell + 1u == size);
  }
  return vec2u(vec2i(first, last) + MARGIN);
}

fn thread(index: u32) {
  let cells = g.depth * g.height * g.width;
  let rows = index / cells;
  let run = select(rows % g.runs, index % g.runs, CHANNELS_LAST);
  let own = select(rows / g.runs * cells + index % cells, index / g.runs, CHANNELS_LAST);
  let n = own / cells;
  let cell = own - n * cells;
  let column = cell % g.width;
  let row = cell / g.width % g.height;
  let slice = cell / g.width / g.height;
  let along = rows_around(column, g.width);
  let down = rows_around(row, g.height);
  var deep = vec2u();
  var keys = (g.height + 2u * u32(MARGIN)) * (g.width + 2u * u32(MARGIN));
  if (DEEP) {
    deep = rows_around(slice, g.depth);
    keys *= g.depth + 2u * u32(MARGIN);
  }
  let channels = g.channels;
  // Channels last, neighbouring invocations have neighbouring channels.
  let first = select(run * RUN, run, CHANNELS_LAST);
  let step = select(1u, g.runs, CHANNELS_LAST);
  let points = g.points;
  let distance = pixel();
  var planes: array<u32, RUN>;
  // @unroll
  for (var i = 0u; i < RUN; i++) {
    planes[i] = plane_at(n, min(first + i * step, channels - 1u), points);
  }
  var sums: array<f32, RUN>;
  for (var z = deep.x; z <= deep.y; z++) {
    for (var y = down.x; y <= down.y; y++) {
      let line = n * (keys + 1u) + (z * (g.height + 2u * u32(MARGIN)) + y) * (g.width + 2u * u32(MARGIN));
      let end = starts[line + along.y + 1u];
      for (var at = starts[line + along.x]; at < end; at++) {
        let point = order[n * points + at];
        let s = sample_at(n * points + point);
        var weight = weight_of(column, s.x) * weight_of(row, s.y);
        if (DEEP) {
          weight *= weight_of(slice, s.z);
        }
        // @unroll
        for (var i = 0u; i < RUN; i++) {
          sums[i] += select(0.0, weight * f32(dy[planes[i] + point * distance]), weight != 0.0);
        }
      }
    }
  }
  let to = plane_at(n, 0u, cells) + cell * distance;
  let to_step = select(cells, 1u, CHANNELS_LAST);
  // @unroll
  for (var i = 0u; i < RUN; i++) {
    let channel = first + i * step;
    if (channel < channels) {
      dx[to + channel * to_step] = E(sums[i]);
    }
  }
}
