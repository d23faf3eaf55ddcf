// Partial sums of the gradient of the coordinates' weights: coordinates times dy, summed over cells. dy is already summed over the batch.
// An invocation computes RUN output channels and all coordinates of a tap. Sums are [k, coordinate, tap], or with CHANNELS_LAST [tap,
// coordinate, k].
// slots: coordinates_at
// constants: CHANNELS_LAST, RUN
// types: Coordinates, E
struct WeightSum { threads: u32, parts: u32, count: u32, @align(16) coordinates: Coordinates }

@group(0) @binding(0) var<uniform> g: WeightSum;
@group(0) @binding(1) var<storage, read> dy: array<E>;
@group(0) @binding(2) var<storage, read_write> parts: array<f32>;

fn thread(index: u32) {
  let a = g.coordinates;
  let taps = a.kernel_d * a.kernel_h * a.kernel_w;
  let part = index % g.parts;
  let rest = index / g.parts;
  let tap = rest % taps;
  let first = rest / taps * RUN;
  let reach = vec3u(tap / (a.kernel_h * a.kernel_w), tap / a.kernel_w % a.kernel_h, tap % a.kernel_w);
  var sums: array<vec4f, RUN>;
  for (var cell = part; cell < g.count; cell += g.parts) {
    let row = cell / a.output.width;
    let d = row / a.output.height;
    let seen = coordinates_at(vec3u(d, row - d * a.output.height, cell - row * a.output.width), reach, a);
    // @unroll
    for (var i = 0u; i < RUN; i++) {
      let k = min(first + i, a.output.channels - 1u);
      sums[i] += seen * f32(dy[select(k * g.count + cell, cell * a.output.channels + k, CHANNELS_LAST)]);
    }
  }
  for (var c = 0u; c < a.channels; c++) {
    // @unroll
    for (var i = 0u; i < RUN; i++) {
      let k = first + i;
      let slot = select((k * a.channels + c) * taps + tap, (tap * a.channels + c) * a.output.channels + k, CHANNELS_LAST);
      if (k < a.output.channels) {
        parts[slot * g.parts + part] = sums[i][c];
      }
    }
  }
}
