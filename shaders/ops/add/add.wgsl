// The activation of the sum of a tensor and a multiple of another.
// slots: activate_each, first, second
// types: L
fn value(at: vec3u) -> L {
  return activate_each(first(at) + g.scale * second(at));
}
