// Stores the part of an invocation that takes one element at a time.
// types: Part, V
fn write_part(at: Part, parts: u32, x: V, y: V, count: f32, w: V) {
  results[at.owner * parts + at.part] = vec4f(x, y, count, w);
}
