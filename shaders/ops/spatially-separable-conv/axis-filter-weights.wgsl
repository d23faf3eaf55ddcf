// Partial sums of the gradient of a 1-D kernel along one axis: products of the input of the pass and the gradient of its output. An
// invocation computes TAPS taps of the kernel of a channel, for which it loads each gradient once; neighbouring invocations load
// neighbouring gradients.
// slots: is_padding, source, tap_offset
// constants: TAPS
// types: Axis, D, I
@group(0) @binding(0) var<uniform> g: WeightSum;
@group(0) @binding(1) var<storage, read> x: array<I>;
@group(0) @binding(2) var<storage, read> dy: array<D>;
@group(0) @binding(3) var<storage, read_write> parts: array<f32>;

// `run` contiguous elements belong to one channel, the next `run` to the next.
struct WeightSum { axis: Axis, threads: u32, parts: u32, count: u32, run: u32 }

fn thread(index: u32) {
  let a = g.axis;
  let part = index % g.parts;
  let rest = index / g.parts;
  let channel = rest % a.channels;
  let first = rest / a.channels * TAPS;
  var sums: array<f32, TAPS>;
  for (var at = part; at < g.count; at += g.parts) {
    let row = at / g.run;
    let place = (row * a.channels + channel) * g.run + at - row * g.run;
    let line = place / a.inner;
    let outer = line / a.output;
    let gradient = f32(dy[place]);
    let start = outer * a.input * a.inner + place - line * a.inner;
    var position = i32((line - outer * a.output) * a.stride + first * a.dilation) - a.begin;
    // @unroll
    for (var i = 0u; i < TAPS; i++) {
      let value = f32(x[start + u32(source(position, i32(a.input))) * a.inner]);
      // Positions of taps past the last are clamped to the map, and their sums dropped.
      sums[i] += select(value * gradient, 0.0, is_padding(position, i32(a.input)));
      position += i32(a.dilation);
    }
  }
  // @unroll
  for (var i = 0u; i < TAPS; i++) {
    let tap = first + i;
    if (tap < a.kernel) {
      // In the order of the kernels: [channel, tap], or [tap, channel] where channels are innermost.
      let slot = channel * a.w_channel + tap_offset(tap, a);
      parts[slot * g.parts + part] = sums[i];
    }
  }
}
