// A step of stochastic gradient descent without momentum. An invocation updates one weight, or four.
// types: G, V, W
struct Sgd { threads: u32 }

struct Rates { learning: f32, decay: f32 }

@group(0) @binding(0) var<uniform> g: Sgd;
@group(0) @binding(1) var<storage, read> rates: Rates;
@group(0) @binding(2) var<storage, read_write> w: array<W>;
@group(0) @binding(3) var<storage, read> dw: array<G>;

fn thread(index: u32) {
  let weight = V(w[index]);
  w[index] = W(weight - rates.learning * (V(dw[index]) + rates.decay * weight));
}
