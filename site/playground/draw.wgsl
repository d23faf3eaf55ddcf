// Planes of float32 become the pixels of a canvas of the same size.
struct View {
  size: vec2u,
  channels: u32,
  drop_signs: u32,
  gain: f32,
  offset: f32,
}

@group(0) @binding(0) var<uniform> view: View;
@group(0) @binding(1) var<storage, read> planes: array<f32>;

// One triangle that covers the canvas.
@vertex
fn corner(@builtin(vertex_index) index: u32) -> @builtin(position) vec4f {
  return vec4f(f32(index & 1) * 4 - 1, f32(index >> 1) * 4 - 1, 0, 1);
}

@fragment
fn draw(@builtin(position) place: vec4f) -> @location(0) vec4f {
  let cell = vec2u(place.xy);
  let plane = view.size.x * view.size.y;
  let at = cell.y * view.size.x + cell.x;
  var value = vec3f(planes[at]);
  if (view.channels == 3) {
    value = vec3f(planes[at], planes[at + plane], planes[at + 2 * plane]);
  }
  if (view.drop_signs == 1) {
    value = abs(value);
  }
  return vec4f(value * view.gain + view.offset, 1);
}
