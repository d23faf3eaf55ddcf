// The covariances of all pairs of channels from the products of all with all or, if BACKWARD, the factors of all channels in the gradients of all:
// a pair (a, a) is a square, and has twice its gradient.
// slots: pair_of
// constants: BACKWARD
struct Pairs { threads: u32, channels: u32, pairs: u32, scale: f32 }

@group(0) @binding(0) var<uniform> g: Pairs;
@group(0) @binding(1) var<storage, read> given: array<f32>;
@group(0) @binding(2) var<storage, read_write> to: array<f32>;

fn thread(index: u32) {
  let row = index / g.channels;
  let n = row / g.channels;
  let a = row - n * g.channels;
  let b = index - row * g.channels;
  let pair = n * g.pairs + pair_of(min(a, b), max(a, b), g.channels);
  let value = g.scale * given[select(index, pair, BACKWARD)];
  if (BACKWARD) {
    to[index] = select(value, 2.0 * value, a == b);
  } else if (a <= b) {
    to[pair] = value;
  }
}
