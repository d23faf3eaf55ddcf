// Stores the part of an invocation that takes four elements of an owner at a time: the four lanes are merged.
// slots: merged
// types: Part
fn write_part(at: Part, parts: u32, x: vec4f, y: vec4f, count: f32, w: vec4f) {
  let low = merged(vec4f(x.x, y.x, count, w.x), vec4f(x.y, y.y, count, w.y));
  let high = merged(vec4f(x.z, y.z, count, w.z), vec4f(x.w, y.w, count, w.w));
  results[at.owner * parts + at.part] = merged(low, high);
}
