// Joins the gradients of all weights, [outer, channels, inner]: the input channels, then the coordinate channels.
// types: E
struct Merge { threads: u32, inner: u32, channels: u32, coordinates: u32 }

@group(0) @binding(0) var<uniform> g: Merge;
@group(0) @binding(1) var<storage, read> dinput: array<E>;
@group(0) @binding(2) var<storage, read> dcoordinates: array<f32>;
@group(0) @binding(3) var<storage, read_write> dw: array<E>;

fn thread(index: u32) {
  let line = index / g.inner;
  let outer = line / g.channels;
  let channel = line - outer * g.channels;
  let own = index - line * g.inner;
  let kept = g.channels - g.coordinates;
  if (channel < kept) {
    dw[index] = dinput[(outer * kept + channel) * g.inner + own];
  } else {
    dw[index] = E(dcoordinates[(outer * g.coordinates + channel - kept) * g.inner + own]);
  }
}
