// An activation of each element.
// slots: activate_each, first
// types: L
fn value(at: vec3u) -> L {
  return activate_each(first(at));
}
