// Pixels become planes of float32, as the library has its images: [1, channels, height, width]. One channel is the luminance
// (ITU-R BT.601), three are red, green and blue; how many there are the length of the buffer says.
@group(0) @binding(0) var pixels: texture_2d<f32>;
@group(0) @binding(1) var<storage, read_write> planes: array<f32>;

@compute @workgroup_size(16, 16)
fn unpack(@builtin(global_invocation_id) id: vec3u) {
  let size = textureDimensions(pixels);
  if (any(id.xy >= size)) {
    return;
  }
  let colour = textureLoad(pixels, id.xy, 0).rgb;
  let plane = size.x * size.y;
  let at = id.y * size.x + id.x;
  if (arrayLength(&planes) < 3 * plane) {
    planes[at] = dot(colour, vec3f(0.299, 0.587, 0.114));
    return;
  }
  planes[at] = colour.r;
  planes[at + plane] = colour.g;
  planes[at + 2 * plane] = colour.b;
}
