// The gradient of a 1-D kernel along one axis: sums of products of what the pass read and the gradient of what it made, in parts. An
// invocation has TAPS numbers of the kernel of a channel, for which it loads each gradient once; neighbouring ones have neighbouring
// gradients.
// slots: is_padding, source, tap_place
// constants: TAPS
// types: Axis, D, I
@group(0) @binding(0) var<uniform> g: WeightSum;
@group(0) @binding(1) var<storage, read> x: array<I>;
@group(0) @binding(2) var<storage, read> dy: array<D>;
@group(0) @binding(3) var<storage, read_write> parts: array<f32>;

// Numbers of a channel are `run` together, those of the next one behind them.
struct WeightSum { @size(64) axis: Axis, threads: u32, parts: u32, count: u32, run: u32 }

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
    var position = i32((line - outer * a.output) * a.stride + first * a.dilation) - i32(a.begin);
    // @unroll
    for (var i = 0u; i < TAPS; i++) {
      let value = f32(x[start + u32(source(position, i32(a.input))) * a.inner]);
      // Positions of taps past the last are drawn to the map, and their sums dropped.
      sums[i] += select(value * gradient, 0.0, is_padding(position, i32(a.input)));
      position += i32(a.dilation);
    }
  }
  // @unroll
  for (var i = 0u; i < TAPS; i++) {
    let tap = first + i;
    if (tap < a.kernel) {
      // In the order of the kernels: [channel, number], or where channels are innermost [number, channel].
      let slot = channel * a.w_channel + tap_place(tap, a);
      parts[slot * g.parts + part] = sums[i];
    }
  }
}
