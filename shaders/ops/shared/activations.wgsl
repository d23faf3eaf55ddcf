// The activations that no convolution ends with; a kernel has one of them as `activate`. PARAMETER and SECOND are their parameters, in the
// order of src/ops/shared/geometry/element-activation.ts. NaN stays NaN: select and not min or max, which may drop it.
// slots: expm1, logistic
// constants: PARAMETER, SECOND
fn linear(v: f32) -> f32 {
  return PARAMETER * v + SECOND;
}

fn selu(v: f32) -> f32 {
  return SECOND * select(v, PARAMETER * expm1(v), v < 0.0);
}

fn celu(v: f32) -> f32 {
  return select(v, PARAMETER * expm1(v / PARAMETER), v < 0.0);
}

// v (1 + tanh(t / 2)) / 2 = v / (1 + exp(-t)) with t = sqrt(8 / pi) (v + 0.044715 v^3). Beyond 12 the factor is 0 or 1 in float32:
// clamping there keeps the cube from overflowing.
fn gelu_tanh(v: f32) -> f32 {
  let r = clamp(v, -12.0, 12.0);
  return v * logistic(1.5957691 * (r + 0.044715 * r * r * r));
}

// log(1 + exp(b v)) / b, and v if b v is above the threshold. With e = exp(-|b v|), which cannot overflow, the logarithm is
// max(b v, 0) + log(1 + e), and log(1 + e) = 2 artanh(z) with z = e / (2 + e): its series keeps the digits of a small e. z is at most 1/3,
// and the first omitted term is under 2^-29 of the value.
fn softplus(v: f32) -> f32 {
  let t = PARAMETER * v;
  let e = exp(-abs(t));
  let z = e / (2.0 + e);
  let q = z * z;
  let series = 1.0 + q * (1.0 / 3.0 + q * (0.2 + q * (1.0 / 7.0 + q * (1.0 / 9.0 + q * (1.0 / 11.0 + q * (1.0 / 13.0 + q / 15.0))))));
  return select((select(t, 0.0, t < 0.0) + 2.0 * z * series) / PARAMETER, v, t > SECOND);
}

// v tanh(log(1 + exp(v))) = v (w^2 + 2 w) / (w^2 + 2 w + 2) with w = exp(v); above 0 by exp(-v), which cannot overflow.
fn mish(v: f32) -> f32 {
  let e = exp(-abs(v));
  let n = select(1.0 + 2.0 * e, e * (e + 2.0), v < 0.0);
  return v * (n / (n + select(2.0 * e * e, 2.0, v < 0.0)));
}

fn softsign(v: f32) -> f32 {
  return v / (1.0 + abs(v));
}

fn shrink(v: f32) -> f32 {
  return select(select(v - SECOND, 0.0, v <= PARAMETER), v + SECOND, v < -PARAMETER);
}

fn thresholded_relu(v: f32) -> f32 {
  return select(v, 0.0, v <= PARAMETER);
}

fn hard_sigmoid(v: f32) -> f32 {
  let y = PARAMETER * v + SECOND;
  return select(select(y, 0.0, y <= 0.0), 1.0, y >= 1.0);
}
