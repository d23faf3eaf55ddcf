// The elements of a feature map become the bytes of pixels: element v of channel c becomes v * factor[c] + offset[c], rounded and kept within a
// byte. NaN becomes 0. Pixels past the width of the map, which fill rows up, are any.
// slots: place_of
// constants: CHANNELS, PREMULTIPLIED
// types: E, Element, Map
struct Pixels { map: Map, threads: u32, row: u32, factor: vec4f, offset: vec4f }

@group(0) @binding(0) var<uniform> g: Pixels;
@group(0) @binding(1) var<storage, read> x: array<E>;
@group(0) @binding(2) var<storage, read_write> pixels: array<u32>;

fn byte_of(v: f32) -> f32 {
  let number = (bitcast<u32>(v) & 0x7fffffffu) <= 0x7f800000u;
  return select(0.0, round(clamp(v, 0.0, 255.0)), number);
}

fn channel_at(c: u32, place: vec2u) -> f32 {
  let at = min(c, CHANNELS - 1u);
  let v = f32(x[place_of(Element(0u, at, 0u, place.y, place.x), g.map)]);
  return byte_of(v * g.factor[at] + g.offset[at]);
}

fn thread(index: u32) {
  let place = vec2u(min(index % g.row, g.map.width - 1u), index / g.row);
  let alpha = select(255.0, channel_at(3u, place), CHANNELS == 4u);
  let colour = vec3f(channel_at(0u, place), channel_at(1u, place), channel_at(2u, place));
  let shown = select(colour, round(colour * alpha / 255.0), PREMULTIPLIED && CHANNELS == 4u);
  let bytes = vec4u(vec4f(shown, alpha)) << vec4u(0u, 8u, 16u, 24u);
  pixels[index] = bytes.r | bytes.g | bytes.b | bytes.a;
}
