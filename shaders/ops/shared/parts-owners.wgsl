// Stores the parts of an invocation that takes elements of four owners at a time: parameters that do not lie side by
// side if APART, else four in a row.
// constants: APART
// types: Part
fn write_part(at: Part, parts: u32, x: vec4f, y: vec4f, count: f32, w: vec4f) {
  let first = at.owner * select(4u, 1u, APART) * parts + at.part;
  let step = select(1u, g.parameter_stride, APART) * parts;
  results[first] = vec4f(x.x, y.x, count, w.x);
  results[first + step] = vec4f(x.y, y.y, count, w.y);
  results[first + 2u * step] = vec4f(x.z, y.z, count, w.z);
  results[first + 3u * step] = vec4f(x.w, y.w, count, w.w);
}
