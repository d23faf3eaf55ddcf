// The covariances of all pairs of channels from the products of all with all.
// slots: pair_of
// types: E
struct Pairs { threads: u32, channels: u32, pairs: u32, scale: f32 }

@group(0) @binding(0) var<uniform> g: Pairs;
@group(0) @binding(1) var<storage, read> products: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<E>;

fn thread(index: u32) {
  let row = index / g.channels;
  let n = row / g.channels;
  let a = row - n * g.channels;
  let b = index - row * g.channels;
  if (a <= b) {
    y[n * g.pairs + pair_of(a, b, g.channels)] = E(g.scale * products[index]);
  }
}
