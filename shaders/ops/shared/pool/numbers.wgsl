// Arithmetic of pooling. V is one number or four (one-lane.wgsl, four-lanes.wgsl), VU and VB the same of u32 and bool.
// types: V, VB, VU

// The bits of infinity: those of NaN, without the sign, are more.
const INFINITE = 0x7f800000u;

// Told from the bits: WGSL lets compilers take comparisons for those of numbers (section 15.7.2).
fn is_nan(value: V) -> VB {
  return (bitcast<VU>(value) & VU(0x7fffffffu)) > VU(INFINITE);
}

struct Division { quotient: u32, rest: u32 }

// One division instead of two, and none by 1, which the sizes of missing axes are.
fn divided(value: u32, by: u32) -> Division {
  if (by == 1u) {
    return Division(value, 0u);
  }
  let quotient = value / by;
  return Division(quotient, value - quotient * by);
}
