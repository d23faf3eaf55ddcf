// Stores the parts of an invocation that takes elements of four owners at a time: at.owner * OWNER_UNIT + i * OWNER_STRIDE for i from 0 to
// 3.
// constants: OWNER_STRIDE, OWNER_UNIT
// types: Part
fn write_part(at: Part, parts: u32, x: vec4f, y: vec4f, count: f32) {
  let first = at.owner * OWNER_UNIT * parts + at.part;
  let step = OWNER_STRIDE * parts;
  results[first] = vec4f(x.x, y.x, count, 0.0);
  results[first + step] = vec4f(x.y, y.y, count, 0.0);
  results[first + 2u * step] = vec4f(x.z, y.z, count, 0.0);
  results[first + 3u * step] = vec4f(x.w, y.w, count, 0.0);
}
