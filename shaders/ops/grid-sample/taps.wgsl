// The cells of a sample by a grid, along each axis: TAPS from the cell at its place + FIRST on.
// slots: bounded
// constants: ALIGN, CHANNELS_LAST, FIRST, PADDING, RANK, TAPS
// types: G
struct GridSample {
  threads: u32, channels: u32,
  // Runs of channels, and outputs of a channel.
  runs: u32, points: u32,
  depth: u32, height: u32, width: u32,
}

// Values of PADDING.
const BORDER = 1u;
const REFLECTION = 2u;

const DEEP = RANK == 3u;

@group(0) @binding(0) var<uniform> g: GridSample;
@group(0) @binding(1) var<storage, read> grid: array<G>;

// The cells, their weights, which are 0 beyond the border, and the derivatives of these by the coordinate; the cell at the place.
struct Taps { cells: array<u32, TAPS>, weights: array<f32, TAPS>, slopes: array<f32, TAPS>, cell: i32 }

// The cell that is seen at a cell of a map that goes on beyond the border.
fn folded(cell: i32, size: i32) -> i32 {
  if (PADDING == BORDER) {
    return clamp(cell, 0, size - 1);
  }
  let period = select(2 * size, max(2 * size - 2, 1), ALIGN);
  let rest = (cell % period + period) % period;
  return min(rest, period - rest - select(1, 0, ALIGN));
}

// Keys' cubic kernel with PyTorch's coefficient, and its derivative by the place.
fn cubic(distance: f32) -> vec2f {
  let a = -0.75;
  let t = abs(distance);
  let near = vec2f(((a + 2.0) * t - (a + 3.0)) * t * t + 1.0, (3.0 * (a + 2.0) * t - 2.0 * (a + 3.0)) * t);
  let far = vec2f(a * (((t - 5.0) * t + 8.0) * t - 4.0), a * ((3.0 * t - 10.0) * t + 8.0));
  return select(far, near, t <= 1.0) * vec2f(1.0, select(-1.0, 1.0, distance < 0.0));
}

fn taps_at(coordinate: f32, size: u32) -> Taps {
  let cells = f32(size);
  let span = select(cells, cells - 1.0, ALIGN);
  var place = bounded(coordinate) * (0.5 * span) + 0.5 * (cells - 1.0);
  var slope = 0.5 * span;
  if (PADDING == REFLECTION) {
    let begin = select(-0.5, 0.0, ALIGN);
    let beyond = abs(place - begin);
    let flips = floor(beyond / max(span, 1.0));
    let odd = flips * 0.5 != floor(flips * 0.5);
    let rest = clamp(beyond - flips * span, 0.0, span);
    slope = select(slope, -slope, (place < begin) != odd);
    place = begin + select(rest, span - rest, odd);
  }
  if (PADDING != 0u && TAPS <= 2u && (place <= 0.0 || place >= cells - 1.0)) {
    place = select(cells - 1.0, 0.0, place <= 0.0);
    slope = 0.0;
  }
  place = clamp(place, -4.0, cells + 3.0);
  let whole = select(floor(place), round(place), TAPS == 1u);
  let rest = place - whole;
  var taps: Taps;
  taps.cell = i32(whole);
  // @unroll
  for (var k = 0u; k < TAPS; k++) {
    var cell = taps.cell + FIRST + i32(k);
    var weight = vec2f(1.0, 0.0);
    if (TAPS == 2u) {
      weight = select(vec2f(1.0 - rest, -1.0), vec2f(rest, 1.0), k == 1u);
    }
    if (TAPS == 4u) {
      weight = cubic(f32(k) - 1.0 - rest);
      if (PADDING != 0u) {
        cell = folded(cell, i32(size));
      }
    }
    let held = clamp(cell, 0, i32(size) - 1);
    taps.cells[k] = u32(held);
    taps.weights[k] = select(0.0, weight.x, cell == held);
    taps.slopes[k] = select(0.0, weight.y * slope, cell == held);
  }
  return taps;
}

struct Sample { x: Taps, y: Taps, z: Taps }

// The cells of an output; `sample` counts the outputs of all images.
fn sample_at(sample: u32) -> Sample {
  var s: Sample;
  s.x = taps_at(f32(grid[sample * RANK]), g.width);
  s.y = taps_at(f32(grid[sample * RANK + 1u]), g.height);
  if (DEEP) {
    s.z = taps_at(f32(grid[sample * RANK + RANK - 1u]), g.depth);
  } else {
    s.z.weights[0] = 1.0;
  }
  return s;
}

// The first element of a channel of an image with so many cells, and the distance of its cells.
fn plane_at(n: u32, channel: u32, cells: u32) -> u32 {
  return n * g.channels * cells + select(channel * cells, channel, CHANNELS_LAST);
}

fn pixel() -> u32 {
  return select(1u, g.channels, CHANNELS_LAST);
}
