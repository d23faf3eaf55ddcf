// A term that is the value of an element-wise operation, times `factor` if SCALED.
// slots: hold_first, hold_second, hold_third, total, value
// constants: SCALED
// types: P
fn begin(at: vec3u) {
  hold_first(at);
  hold_second(at);
  hold_third(at);
}

fn term(at: vec3u) -> P {
  if (SCALED) {
    return total(g.factor * value(at));
  }
  return total(value(at));
}
