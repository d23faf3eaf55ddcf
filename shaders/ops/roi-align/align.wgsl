// The bins of regions: an invocation computes RUN channels of a bin. MAX takes the largest of all weighted cells, as ONNX does.
// slots: channel_of, pixel, plane_at, region_at, samples_of, tap_of
// constants: CHANNELS_LAST, MAX, RUN
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
    planes[i] = plane_at(min(region.image, g.images - 1u), min(channel_of(run, i, RUN), g.channels - 1u), cells);
  }
  var results: array<f32, RUN>;
  let down = samples_of(row, region.y, g.height);
  let along = samples_of(column, region.x, g.width);
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
          ) * pixel();
          let weights = vec4f(1.0 - v.weight, 1.0 - v.weight, v.weight, v.weight)
            * vec4f(1.0 - h.weight, h.weight, 1.0 - h.weight, h.weight);
          // @unroll
          for (var i = 0u; i < RUN; i++) {
            let values = vec4f(
              f32(x[planes[i] + places.x]), f32(x[planes[i] + places.y]),
              f32(x[planes[i] + places.z]), f32(x[planes[i] + places.w]),
            );
            let terms = select(vec4f(), weights * values, weights != vec4f());
            if (MAX) {
              let most = larger(larger(terms.x, terms.y), larger(terms.z, terms.w));
              results[i] = select(larger(results[i], most), most, first);
            } else {
              results[i] += terms.x + terms.y + terms.z + terms.w;
            }
          }
        }
      }
    }
  }
  let count = region.y.count * region.x.count;
  // @unroll
  for (var i = 0u; i < RUN; i++) {
    let channel = channel_of(run, i, RUN);
    if (channel < g.channels) {
      var result = results[i] / max(count, 1.0);
      if (MAX) {
        result = select(results[i], larger(results[i], 0.0), visited < count);
      }
      y[plane_at(r, channel, bins) + (own - r * bins) * pixel()] = E(result);
    }
  }
}
