// A step of Adam. An invocation updates one weight, or four. `size` is the learning rate over the bias correction of the first moment,
// `root` the inverse square root of the bias correction of the second.
// types: G, S, T, V, W
struct Adam { threads: u32 }

struct Rates {
  size: f32, kept: f32, decay: f32,
  beta1: f32, rest1: f32, beta2: f32, rest2: f32,
  root: f32, epsilon: f32,
}

@group(0) @binding(0) var<uniform> g: Adam;
@group(0) @binding(1) var<storage, read> rates: Rates;
@group(0) @binding(2) var<storage, read_write> w: array<W>;
@group(0) @binding(3) var<storage, read> dw: array<G>;
@group(0) @binding(4) var<storage, read_write> m: array<S>;
@group(0) @binding(5) var<storage, read_write> v: array<T>;

fn thread(index: u32) {
  let weight = V(w[index]);
  let gradient = V(dw[index]) + rates.decay * weight;
  let mean = rates.beta1 * V(m[index]) + rates.rest1 * gradient;
  let square = rates.beta2 * V(v[index]) + rates.rest2 * gradient * gradient;
  m[index] = S(mean);
  v[index] = T(square);
  w[index] = W(rates.kept * weight - rates.size * mean / (sqrt(square) * rates.root + rates.epsilon));
}
