// Copies numbers from a buffer to another, four at a time.
@group(0) @binding(0) var<storage, read> from_numbers: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> numbers: array<vec4f>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < arrayLength(&from_numbers)) {
    numbers[id.x] = from_numbers[id.x];
  }
}
