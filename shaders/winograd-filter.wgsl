// The filter transform of Winograd's algorithm, U = G w along every transformed axis: one thread makes the POINTS^AXES values of one
// pair of channels. Done once a weight tensor. A tile is an array of POINTS^AXES numbers, the last axis fastest; the points
// are 0, +-a_1 .. +-a_PAIRS and infinity. Channels beyond the last get zeros, which pad the matrices to whole vectors.
struct Filter {
  threads: u32,
  inner_count: u32, outer_count: u32,
  group_c: u32, group_k: u32,
  w_stride_k: u32, w_stride_c: u32, w_stride_tap: u32,
  u_point: u32,
}

@group(0) @binding(0) var<uniform> g: Filter;
@group(0) @binding(1) var<storage, read> w: array<E>;
@group(0) @binding(3) var<storage, read_write> transformed: array<f32>;

const STEPS = array<u32, 3>(1u, POINTS, POINTS * POINTS);

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let index = thread_index(workgroup, grid, local);
  if (index >= g.threads) {
    return;
  }
  // U is row-major: (k, c) channels-first and (c, k) channels-last.
  let inner = index % g.inner_count;
  let outer = index / g.inner_count % g.outer_count;
  let group = index / g.inner_count / g.outer_count;
  let k = select(outer, inner, CHANNELS_LAST);
  let c = select(inner, outer, CHANNELS_LAST);
  let w_at = (group * g.group_k + min(k, g.group_k - 1u)) * g.w_stride_k + min(c, g.group_c - 1u) * g.w_stride_c;
  let past_end = (k >= g.group_k) | (c >= g.group_c);

  var tile: array<f32, TILE_SIZE>;
  // @unroll
  for (var i = 0u; i < KERNEL_SIZE; i++) {
    let to = i / (TAPS * TAPS) * STEPS[2] + i / TAPS % TAPS * STEPS[1] + i % TAPS;
    tile[to] = f32(w[w_at + select(i, KERNEL_SIZE - 1u - i, FLIPPED) * g.w_stride_tap]);
  }
  // @unroll
  for (var axis = 0u; axis < AXES; axis++) {
    // @unroll
    for (var i = 0u; i < TILE_SIZE / POINTS; i++) {
      // Axes not yet transformed have TAPS cells only.
      let later = i / STEPS[axis];
      if (later % POINTS < TAPS && later / POINTS < TAPS) {
        let step = STEPS[axis];
        let start = later * step * POINTS + i % step;
        let first = tile[start];
        tile[start + (POINTS - 1u) * step] = tile[start + (TAPS - 1u) * step];
        var evens: array<f32, PAIRS>;
        var odds: array<f32, PAIRS>;
        // @unroll
        for (var pair = 0u; pair < PAIRS; pair++) {
          evens[pair] = first;
          odds[pair] = POWERS[pair * TAPS + 1u] * tile[start + step];
          // @unroll
          for (var j = 2u; j < TAPS; j++) {
            if (j % 2u == 0u) {
              evens[pair] = fma(POWERS[pair * TAPS + j], tile[start + j * step], evens[pair]);
            } else {
              odds[pair] = fma(POWERS[pair * TAPS + j], tile[start + j * step], odds[pair]);
            }
          }
        }
        tile[start] = SCALES[0] * first;
        // @unroll
        for (var pair = 0u; pair < PAIRS; pair++) {
          tile[start + (2u * pair + 1u) * step] = SCALES[pair + 1u] * (evens[pair] + odds[pair]);
          tile[start + (2u * pair + 2u) * step] = SCALES[pair + 1u] * (evens[pair] - odds[pair]);
        }
      }
    }
  }
  // @unroll
  for (var point = 0u; point < TILE_SIZE; point++) {
    transformed[index + point * g.u_point] = select(tile[point], 0.0, past_end);
  }
}
