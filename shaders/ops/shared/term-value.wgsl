// A term that is the value of an element-wise operation, times `factor` if SCALED.
// slots: total, value
// constants: SCALED
// types: P
fn term(at: vec3u) -> P {
  if (SCALED) {
    return total(g.factor * value(at));
  }
  return total(value(at));
}
