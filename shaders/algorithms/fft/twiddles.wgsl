// The rotations between two passes over an axis, which each number meets by itself, so that few are in registers: number k of the line at position l of `span` is rotated by W^(k l),
// W = exp(-2 pi i / (RADIX span)). A row of the table has, for one l, the powers 1 to TWIDDLE_STEP - 1 and then the multiples of
// TWIDDLE_STEP, two powers a vector, each rounded once from float64; any other power is one product of two of them.
// slots: complex_product
// constants: RADIX, TWIDDLE_STEP, TWIDDLE_VECTORS
// types: Line
fn rotated(line: Line, l: u32) -> Line {
  var known: array<vec2f, 2u * TWIDDLE_VECTORS>;
  // @unroll
  for (var i = 0u; i < TWIDDLE_VECTORS; i++) {
    let pair = g.twiddles[l * TWIDDLE_VECTORS + i];
    known[2u * i] = pair.xy;
    known[2u * i + 1u] = pair.zw;
  }
  var result: Line;
  result[0] = line[0];
  // @unroll
  for (var k = 1u; k < RADIX; k++) {
    // Clamped, since constant indices must be in range even in a branch that is never taken.
    let low = known[max(k % TWIDDLE_STEP, 1u) - 1u];
    let high = known[min(TWIDDLE_STEP + max(k / TWIDDLE_STEP, 1u) - 2u, 2u * TWIDDLE_VECTORS - 1u)];
    if (k < TWIDDLE_STEP) {
      result[k] = complex_product(line[k], low);
    } else if (k % TWIDDLE_STEP == 0u) {
      result[k] = complex_product(line[k], high);
    } else {
      result[k] = complex_product(line[k], complex_product(low, high));
    }
  }
  return result;
}
