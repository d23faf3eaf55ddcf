// The largest of the weighted cells of all samples of a bin, as in ONNX: an invocation computes RUN channels.
// slots: cell_step, channel_step, region_at, run_first, run_step, samples_between, tap_of
// constants: CHANNELS_LAST, RUN
// types: E
@group(0) @binding(3) var<storage, read> x: array<E>;
@group(0) @binding(4) var<storage, read_write> y: array<E>;

fn is_not_a_number(value: f32) -> bool {
  return (bitcast<u32>(value) & 0x7fffffffu) > 0x7f800000u;
}

fn larger(a: f32, b: f32) -> f32 {
  return select(a, b, is_not_a_number(b) || (!is_not_a_number(a) && b > a));
}

fn thread(index: u32) {
  let bins = g.rows * g.columns;
  let rest = index / bins;
  let run = select(rest % g.runs, index % g.runs, CHANNELS_LAST);
  let own = select(rest / g.runs * bins + index % bins, index / g.runs, CHANNELS_LAST);
  let r = own / bins;
  let row = (own - r * bins) / g.columns;
  let column = own % g.columns;
  let region = region_at(r);
  let cells = g.height * g.width;
  var planes: array<u32, RUN>;
  // @unroll
  for (var i = 0u; i < RUN; i++) {
    let channel = min(run_first(run, RUN) + i * run_step(), g.channels - 1u);
    planes[i] = min(region.image, g.images - 1u) * g.channels * cells + channel * channel_step(cells);
  }
  var results: array<f32, RUN>;
  let down = samples_between(row, region.y, -1.0, f32(g.height));
  let along = samples_between(column, region.x, -1.0, f32(g.width));
  var visited = 0.0;
  if (region.image < g.images) {
    for (var j = down.x; j < down.y; j += 1.0) {
      let v = tap_of(row, j, region.y, g.height);
      for (var k = along.x; k < along.y; k += 1.0) {
        let h = tap_of(column, k, region.x, g.width);
        if (v.inside && h.inside) {
          let first = visited == 0.0;
          visited += 1.0;
          let places = vec4u(
            v.low * g.width + h.low, v.low * g.width + h.high,
            v.high * g.width + h.low, v.high * g.width + h.high,
          ) * cell_step();
          let weights = vec4f(1.0 - v.weight, 1.0 - v.weight, v.weight, v.weight)
            * vec4f(1.0 - h.weight, h.weight, 1.0 - h.weight, h.weight);
          // @unroll
          for (var i = 0u; i < RUN; i++) {
            let values = vec4f(
              f32(x[planes[i] + places.x]), f32(x[planes[i] + places.y]),
              f32(x[planes[i] + places.z]), f32(x[planes[i] + places.w]),
            );
            let terms = select(vec4f(), weights * values, weights != vec4f());
            let most = larger(larger(terms.x, terms.y), larger(terms.z, terms.w));
            results[i] = select(larger(results[i], most), most, first);
          }
        }
      }
    }
  }
  let count = region.y.count * region.x.count;
  // @unroll
  for (var i = 0u; i < RUN; i++) {
    let channel = run_first(run, RUN) + i * run_step();
    if (channel < g.channels) {
      let result = select(results[i], larger(results[i], 0.0), visited < count);
      y[r * g.channels * bins + channel * channel_step(bins) + (own - r * bins) * cell_step()] = E(result);
    }
  }
}
