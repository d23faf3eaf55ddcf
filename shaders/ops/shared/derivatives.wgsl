// The derivatives of the activations that no convolution ends with, from their arguments v or, where that is another formula, from their
// outputs y; a kernel has one of them as `derivative`. PARAMETER and SECOND are as in activations.wgsl.
// slots: logistic
// constants: HIGH, LOW, PARAMETER, SECOND
fn linear(v: f32) -> f32 {
  return PARAMETER;
}

// From the left at the corner.
fn selu(v: f32) -> f32 {
  return SECOND * select(PARAMETER * exp(min(v, 0.0)), 1.0, v > 0.0);
}

fn selu_output(y: f32) -> f32 {
  return select(y + SECOND * PARAMETER, SECOND, y > 0.0);
}

fn celu(v: f32) -> f32 {
  return select(exp(min(v, 0.0) / PARAMETER), 1.0, v > 0.0);
}

fn celu_output(y: f32) -> f32 {
  return select(y / PARAMETER + 1.0, 1.0, y > 0.0);
}

// s + v s (1 - s) t' with s = 1 / (1 + exp(-t)) and t = sqrt(8 / pi) (v + 0.044715 v^3). Beyond 12 the second term is 0 in
// float32: clamping there keeps the cube from overflowing.
fn gelu_tanh(v: f32) -> f32 {
  let r = clamp(v, -12.0, 12.0);
  let t = 1.5957691 * (r + 0.044715 * r * r * r);
  let s = logistic(t);
  return s + r * s * logistic(-t) * 1.5957691 * (1.0 + 0.134145 * r * r);
}

fn softplus(v: f32) -> f32 {
  let t = PARAMETER * v;
  return select(logistic(t), 1.0, t > SECOND);
}

// t + v (1 - t^2) sigmoid(v) with t = tanh(log(1 + exp(v))) = n / d, as in the activation; 1 - t = (d - n) / d.
fn mish(v: f32) -> f32 {
  let e = exp(-abs(v));
  let n = select(1.0 + 2.0 * e, e * (e + 2.0), v < 0.0);
  let rest = select(2.0 * e * e, 2.0, v < 0.0);
  let t = n / (n + rest);
  return t + v * ((rest / (n + rest)) * (1.0 + t) * logistic(v));
}

fn softsign(v: f32) -> f32 {
  let d = 1.0 + abs(v);
  return 1.0 / d / d;
}

fn softsign_output(y: f32) -> f32 {
  let d = 1.0 - abs(y);
  return d * d;
}

// 0 at the corners.
fn shrink(v: f32) -> f32 {
  return select(1.0, 0.0, (v >= -PARAMETER) & (v <= PARAMETER));
}

// 0 at the corner. The same from the output if the threshold is not negative.
fn thresholded_relu(v: f32) -> f32 {
  return select(1.0, 0.0, v <= PARAMETER);
}

// 0 at the corners, LOW and HIGH.
fn hard_sigmoid(v: f32) -> f32 {
  return select(0.0, PARAMETER, (v > LOW) & (v < HIGH));
}

fn hard_sigmoid_output(y: f32) -> f32 {
  return select(0.0, PARAMETER, (y > 0.0) & (y < 1.0));
}
