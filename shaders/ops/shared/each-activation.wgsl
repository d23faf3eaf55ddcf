// The activation of each of four numbers.
// slots: activate
fn activate_each(v: vec4f) -> vec4f {
  return vec4f(activate(v.x), activate(v.y), activate(v.z), activate(v.w));
}
