// A term that is the value of an element-wise operation, times `factor`.
// slots: total, value
// types: P
fn term(at: vec3u) -> P {
  return total(g.factor * value(at));
}
