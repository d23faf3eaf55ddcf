// The bytes of pixels become the elements of a feature map: byte v of channel c becomes v * factor[c] + offset[c].
// slots: element_at
// constants: LUMINANCE
// types: E, Map
struct Pixels { map: Map, threads: u32, row: u32, factor: vec4f, offset: vec4f }

@group(0) @binding(0) var<uniform> g: Pixels;
@group(0) @binding(1) var<storage, read> pixels: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<E>;

// ITU-R BT.601
const WEIGHTS = vec3f(0.299, 0.587, 0.114);

fn thread(index: u32) {
  let cell = element_at(index, g.map);
  let shifted = vec4u(pixels[cell.h * g.row + cell.w]) >> vec4u(0u, 8u, 16u, 24u);
  let bytes = vec4f(shifted & vec4u(255u));
  let v = select(bytes[cell.c], dot(bytes.rgb, WEIGHTS), LUMINANCE);
  y[index] = E(v * g.factor[cell.c] + g.offset[cell.c]);
}
