// Samples of a map: an invocation computes RUN channels of an output.
// slots: pixel, plane_at, sample_at
// constants: ALL, CHANNELS_LAST, RUN, TAPS
// types: E
@group(0) @binding(2) var<storage, read> x: array<E>;
@group(0) @binding(3) var<storage, read_write> y: array<E>;

fn thread(index: u32) {
  let rows = index / g.points;
  let run = select(rows % g.runs, index % g.runs, CHANNELS_LAST);
  let sample = select(rows / g.runs * g.points + index % g.points, index / g.runs, CHANNELS_LAST);
  let n = sample / g.points;
  let s = sample_at(sample);
  var places: array<u32, ALL>;
  var weights: array<f32, ALL>;
  // @unroll
  for (var k = 0u; k < ALL; k++) {
    let i = k / (TAPS * TAPS);
    let j = k / TAPS % TAPS;
    places[k] = ((s.z.cells[i] * g.height + s.y.cells[j]) * g.width + s.x.cells[k % TAPS]) * pixel();
    weights[k] = s.z.weights[i] * s.y.weights[j] * s.x.weights[k % TAPS];
  }
  let cells = g.depth * g.height * g.width;
  // Uniforms are loaded before the stores, behind which SwiftShader loads them again.
  let channels = g.channels;
  // Channels last, neighbouring invocations load neighbouring channels.
  let first = select(run * RUN, run, CHANNELS_LAST);
  let step = select(1u, g.runs, CHANNELS_LAST);
  let plane = plane_at(n, 0u, cells);
  let plane_step = select(cells, 1u, CHANNELS_LAST);
  let to = plane_at(n, 0u, g.points) + (sample - n * g.points) * pixel();
  let to_step = select(g.points, 1u, CHANNELS_LAST);
  for (var i = 0u; i < RUN; i++) {
    let channel = first + i * step;
    if (channel < channels) {
      let start = plane + channel * plane_step;
      var sum = 0.0;
      // A cell of no weight is not to count, whatever it holds.
      // @unroll
      for (var k = 0u; k < ALL; k++) {
        sum += select(0.0, weights[k] * f32(x[start + places[k]]), weights[k] != 0.0);
      }
      y[to + channel * to_step] = E(sum);
    }
  }
}
