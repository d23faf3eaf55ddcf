// Stores the parts of an invocation that takes elements of four owners at a time, which lie APART and are numbered TOGETHER.
// constants: APART, TOGETHER
// types: Part
fn write_part(at: Part, parts: u32, x: vec4f, y: vec4f, count: f32) {
  let first = at.owner * TOGETHER * parts + at.part;
  let step = APART * parts;
  results[first] = vec4f(x.x, y.x, count, 0.0);
  results[first + step] = vec4f(x.y, y.y, count, 0.0);
  results[first + 2u * step] = vec4f(x.z, y.z, count, 0.0);
  results[first + 3u * step] = vec4f(x.w, y.w, count, 0.0);
}
