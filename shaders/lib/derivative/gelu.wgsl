// The normal distribution function plus v times its density. The tail of erf for t >= 0 is Abramowitz and Stegun 7.1.26: absolute error
// at most 1.5e-7.
fn derivative(v: f32) -> f32 {
  let t = abs(v) * 0.70710678;
  let s = 1.0 / (1.0 + 0.3275911 * t);
  let series = s * (0.254829592 + s * (-0.284496736 + s * (1.421413741 + s * (-1.453152027 + s * 1.061405429))));
  let density = exp(-t * t);
  let tail = 0.5 * series * density;
  return select(1.0 - tail, tail, v < 0.0) + v * 0.39894228 * density;
}
