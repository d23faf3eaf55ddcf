// Arithmetic of pooling. V is one number or a vector of four (one-lane.wgsl, four-lanes.wgsl); VU and VB are the same of u32 and bool.
// types: V, VB, VU

// The bits of infinity: without its sign, a NaN has a larger pattern.
const INFINITE = 0x7f800000u;

// Compares bits: WGSL lets compilers assume that no value is NaN (section 15.7.2).
fn is_nan(value: V) -> VB {
  return (bitcast<VU>(value) & VU(0x7fffffffu)) > VU(INFINITE);
}

struct Division { quotient: u32, rest: u32 }

// Quotient and remainder by one division, and without any for 1, the size of missing axes.
fn divided(value: u32, by: u32) -> Division {
  if (by == 1u) {
    return Division(value, 0u);
  }
  let quotient = value / by;
  return Division(quotient, value - quotient * by);
}
