// The textbook convolution: each invocation computes one output, and loads every number it needs from memory. x is [C, H, W], w is
// [K, C, R, S], y is [K, P, Q], in float32.
struct Sizes {
  channels: u32,
  height: u32,
  width: u32,
  outputs: u32,
  rows: u32,
  columns: u32,
  kernel: u32,
  stride: u32,
  padding: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> w: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= sizes.columns || id.y >= sizes.rows) {
    return;
  }
  var sum = 0.0;
  for (var c = 0u; c < sizes.channels; c++) {
    for (var r = 0u; r < sizes.kernel; r++) {
      // Padding wraps round to large numbers.
      let row = id.y * sizes.stride + r - sizes.padding;
      for (var s = 0u; s < sizes.kernel; s++) {
        let column = id.x * sizes.stride + s - sizes.padding;
        if (row < sizes.height && column < sizes.width) {
          sum += x[(c * sizes.height + row) * sizes.width + column] *
            w[((id.z * sizes.channels + c) * sizes.kernel + r) * sizes.kernel + s];
        }
      }
    }
  }
  y[(id.z * sizes.rows + id.y) * sizes.columns + id.x] = sum;
}
