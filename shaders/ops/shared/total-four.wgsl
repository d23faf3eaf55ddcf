// The four numbers of an item, combined.
// slots: combined
fn total(v: vec4f) -> f32 {
  return combined(combined(v.x, v.y), combined(v.z, v.w));
}
