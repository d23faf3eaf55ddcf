// The factors of the channels in the gradients of all channels: a pair (a, a) is a square, and has twice its gradient.
// slots: pair_of
// types: E
struct Pairs { threads: u32, channels: u32, pairs: u32, scale: f32 }

@group(0) @binding(0) var<uniform> g: Pairs;
@group(0) @binding(1) var<storage, read> dy: array<E>;
@group(0) @binding(2) var<storage, read_write> factors: array<f32>;

fn thread(index: u32) {
  let row = index / g.channels;
  let n = row / g.channels;
  let a = row - n * g.channels;
  let b = index - row * g.channels;
  let gradient = f32(dy[n * g.pairs + pair_of(min(a, b), max(a, b), g.channels)]);
  factors[index] = g.scale * select(gradient, 2.0 * gradient, a == b);
}
