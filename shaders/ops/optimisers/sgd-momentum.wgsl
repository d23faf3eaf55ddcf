// A step of stochastic gradient descent with momentum. An invocation updates one weight, or four: it subtracts `ahead` times the new
// velocity and `own` times the gradient. These are 1 and 0, or by Nesterov's method the momentum and 1.
// types: G, S, V, W
struct SgdMomentum { threads: u32 }

struct Rates { learning: f32, decay: f32, momentum: f32, ahead: f32, own: f32 }

@group(0) @binding(0) var<uniform> g: SgdMomentum;
@group(0) @binding(1) var<storage, read> rates: Rates;
@group(0) @binding(2) var<storage, read_write> w: array<W>;
@group(0) @binding(3) var<storage, read> dw: array<G>;
@group(0) @binding(4) var<storage, read_write> velocity: array<S>;

fn thread(index: u32) {
  let weight = V(w[index]);
  let gradient = V(dw[index]) + rates.decay * weight;
  let next = rates.momentum * V(velocity[index]) + gradient;
  velocity[index] = S(next);
  w[index] = W(weight - rates.learning * (rates.ahead * next + rates.own * gradient));
}
