// Powers of Lp pooling, and its rule.
// slots: is_nan
// types: V
struct Rule {
  divisor: f32,
  // The number of cells of a whole window.
  cells: f32,
  // The bits of NaN, which no constant expression of WGSL may have.
  nan: u32,
}

// The sign of a power: positive, the sign of the number, or NaN for numbers below 0.
const POSITIVE = 0u;
const SIGNED = 1u;
const UNDEFINED = 2u;

fn raised(value: V, exponent: f32, sign: u32) -> V {
  let size = abs(value);
  var power = V(1.0);
  if (exponent == 1.0) {
    power = size;
  } else if (exponent == 2.0) {
    power = size * size;
  } else if (exponent != 0.0) {
    power = select(pow(size, V(exponent)), V(0.0), size == V(0.0));
  }
  if (sign == SIGNED) {
    power = select(select(power, -power, value < V(0.0)), V(0.0), value == V(0.0));
  }
  if (sign == UNDEFINED) {
    power = select(power, V(bitcast<f32>(g.rule.nan)), value < V(0.0));
  }
  return select(power, value, is_nan(value));
}
