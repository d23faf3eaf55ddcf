// The kernel that calibration times: a 4 x 8 register tile that adds four outer products in each iteration, as gemm.wgsl does. With LOADS every
// iteration loads its vectors from storage, otherwise all use those loaded once. All threads multiply the same matrices of 32 rows and 64
// columns, which stay in the nearest cache. Strides are uniforms, as in gemm.wgsl: compilers generate other code if they know the distances.
// constants: LOADS
struct Calibration {
  threads: u32,
  iterations: u32,
  left_row: u32,
  right_row: u32,
}

@group(0) @binding(0) var<uniform> g: Calibration;
@group(0) @binding(1) var<storage, read> numbers: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> results: array<vec4f>;

const TILE_M = 4u;
const TILE_N4 = 2u;

fn thread(index: u32) {
  var left_at: array<u32, TILE_M>;
  var left: array<vec4f, TILE_M>;
  // @unroll
  for (var i = 0u; i < TILE_M; i++) {
    left_at[i] = ((index / 8u) % 8u * TILE_M + i) * g.left_row;
    left[i] = numbers[left_at[i]];
  }
  var right_at = (index % 8u) * TILE_N4;
  var right: array<vec4f, 4u * TILE_N4>;
  // @unroll
  for (var j = 0u; j < 4u * TILE_N4; j++) {
    right[j] = numbers[right_at + j];
  }
  var sums: array<vec4f, TILE_M * TILE_N4>;
  for (var iteration = 0u; iteration < g.iterations; iteration++) {
    if (LOADS) {
      // @unroll
      for (var j = 0u; j < 4u; j++) {
        right[j * TILE_N4] = numbers[right_at];
        right[j * TILE_N4 + 1u] = numbers[right_at + 1u];
        right_at += g.right_row;
      }
    }
    // @unroll
    for (var i = 0u; i < TILE_M; i++) {
      if (LOADS) {
        left[i] = numbers[left_at[i] + iteration];
      }
      // @unroll
      for (var j = 0u; j < TILE_N4; j++) {
        var sum = sums[i * TILE_N4 + j];
        sum = fma(vec4f(left[i].x), right[j], sum);
        sum = fma(vec4f(left[i].y), right[TILE_N4 + j], sum);
        sum = fma(vec4f(left[i].z), right[2u * TILE_N4 + j], sum);
        sums[i * TILE_N4 + j] = fma(vec4f(left[i].w), right[3u * TILE_N4 + j], sum);
      }
    }
  }
  var total: vec4f;
  // @unroll
  for (var i = 0u; i < TILE_M * TILE_N4; i++) {
    total += sums[i];
  }
  // Never true, but no compiler can know, so none removes the computation.
  if (total.x < 0.0) {
    results[index % 64u] = total;
  }
}
