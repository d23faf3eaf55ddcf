// The rotations between two passes over an axis: number k of the line at position l of `span` is rotated by W^(k l),
// W = exp(-2 pi i / (RADIX span)). A row of the table has, for one l, the powers 1 to TWIDDLE_STEP - 1 and then the multiples of
// TWIDDLE_STEP, two powers a vector, each rounded once from float64; any other power is one product of two of them.
// slots: complex_product
// constants: RADIX, TWIDDLE_STEP, TWIDDLE_VECTORS
// types: Line
fn twiddles(l: u32) -> Line {
  var known: array<vec2f, 2u * TWIDDLE_VECTORS>;
  // @unroll
  for (var i = 0u; i < TWIDDLE_VECTORS; i++) {
    let pair = g.twiddles[l * TWIDDLE_VECTORS + i];
    known[2u * i] = pair.xy;
    known[2u * i + 1u] = pair.zw;
  }
  var powers: Line;
  powers[0] = vec2f(1.0, 0.0);
  // @unroll
  for (var k = 1u; k < RADIX; k++) {
    // Clamped, since constant indices must be in range even in a branch that is never taken.
    let low = known[max(k % TWIDDLE_STEP, 1u) - 1u];
    let high = known[min(TWIDDLE_STEP + max(k / TWIDDLE_STEP, 1u) - 2u, 2u * TWIDDLE_VECTORS - 1u)];
    if (k < TWIDDLE_STEP) {
      powers[k] = low;
    } else if (k % TWIDDLE_STEP == 0u) {
      powers[k] = high;
    } else {
      powers[k] = complex_product(low, high);
    }
  }
  return powers;
}
