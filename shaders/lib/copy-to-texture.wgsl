// Copies numbers into a texture, four a texel, row by row.
// constants: TEXTURE_WIDTH
@group(0) @binding(0) var<storage, read> from_numbers: array<vec4f>;
@group(0) @binding(1) var texels: texture_storage_2d<rgba32float, write>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let at = id.y * TEXTURE_WIDTH + id.x;
  if (at < arrayLength(&from_numbers)) {
    textureStore(texels, id.xy, from_numbers[at]);
  }
}
