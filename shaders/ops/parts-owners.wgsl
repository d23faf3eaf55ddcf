// The parts of an invocation that takes elements of four owners at a time.
fn write_part(at: Part, parts: u32, x: vec4f, y: vec4f, count: f32) {
  let first = at.owner * 4u * parts + at.part;
  results[first] = vec4f(x.x, y.x, count, 0.0);
  results[first + parts] = vec4f(x.y, y.y, count, 0.0);
  results[first + 2u * parts] = vec4f(x.z, y.z, count, 0.0);
  results[first + 3u * parts] = vec4f(x.w, y.w, count, 0.0);
}
