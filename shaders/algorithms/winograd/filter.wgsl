// The filter transform of Winograd's algorithm, U = G w along every transformed axis: one thread computes the POINTS^AXES values of one
// pair of channels. A tile is an array of POINTS^AXES numbers, the last axis fastest (TILE_D, TILE_H or TILE_W is 1 along an axis that
// is not transformed); the points are 0, +-a_1 .. +-a_PAIRS and infinity. Channels beyond the last get zeros, which pad the
// matrices to whole vectors. An input channel is one subkernel over one channel of the input (subkernels.wgsl);
// if a subkernel has fewer than TAPS taps the rest are zeros. load comes from load.wgsl.
// slots: load, subkernel_channel, weights_of
// constants: AXES, OUTPUTS_INNER, PAIRS, POINTS, POWERS, SCALES, STRIDE_D, STRIDE_H, STRIDE_W, TAPS, TAPS_D, TAPS_H, TAPS_W, TILE_H, TILE_SIZE, TILE_W
// types: WeightChannels
struct Filter {
  threads: u32,
  inner_count: u32, outer_count: u32,
  group_c: u32, group_k: u32,
  kernel_t: u32, kernel_r: u32, kernel_s: u32,
  subkernels_d: u32, subkernels_h: u32, subkernels_w: u32,
  w_start: u32, w_stride_g: u32, w_stride_c: u32, w_stride_t: u32, w_stride_r: u32, w_stride_s: u32,
  point_stride: u32,
  @align(16) w_channels: WeightChannels,
}

@group(0) @binding(0) var<uniform> g: Filter;
@group(0) @binding(3) var<storage, read_write> transformed: array<f32>;

const STEPS = array<u32, 3>(1u, POINTS, POINTS * POINTS);

fn thread(index: u32) {
  // U is row-major: (k, c), or (c, k) with OUTPUTS_INNER.
  let inner = index % g.inner_count;
  let outer = index / g.inner_count % g.outer_count;
  let group = index / g.inner_count / g.outer_count;
  let k = select(outer, inner, OUTPUTS_INNER);
  let channel = subkernel_channel(select(inner, outer, OUTPUTS_INNER), g.group_c);
  let w_at = g.w_start + group * g.w_stride_g + weights_of(min(k, g.group_k - 1u), g.w_channels) + channel.c * g.w_stride_c;
  let past_end = (k >= g.group_k) | channel.past_end;

  var tile: array<f32, TILE_SIZE>;
  // @unroll
  for (var i = 0u; i < TAPS_D; i++) {
    let t = channel.first.x + i * STRIDE_D;
    // @unroll
    for (var j = 0u; j < TAPS_H; j++) {
      let r = channel.first.y + j * STRIDE_H;
      // @unroll
      for (var l = 0u; l < TAPS_W; l++) {
        let s = channel.first.z + l * STRIDE_W;
        tile[(i * TILE_H + j) * TILE_W + l] = load_tap(w_at, t, r, s);
      }
    }
  }
  // @unroll
  for (var axis = 0u; axis < AXES; axis++) {
    // @unroll
    for (var i = 0u; i < TILE_SIZE / POINTS; i++) {
      // Axes not yet transformed have only TAPS cells.
      let later = i / STEPS[axis];
      if (later % POINTS < TAPS && later / POINTS < TAPS) {
        let step = STEPS[axis];
        let start = later * step * POINTS + i % step;
        var taps: array<f32, TAPS>;
        // @unroll
        for (var j = 0u; j < TAPS; j++) {
          taps[j] = tile[start + j * step];
        }
        let points = transform_line(taps);
        // @unroll
        for (var j = 0u; j < POINTS; j++) {
          tile[start + j * step] = points[j];
        }
      }
    }
  }
  // @unroll
  for (var point = 0u; point < TILE_SIZE; point++) {
    transformed[index + point * g.point_stride] = select(tile[point], 0.0, past_end);
  }
}

// Loads a tap; those past the end of the kernel are zeros.
fn load_tap(w_at: u32, t: u32, r: u32, s: u32) -> f32 {
  let weight = load(w_at + min(t, g.kernel_t - 1u) * g.w_stride_t + min(r, g.kernel_r - 1u) * g.w_stride_r + min(s, g.kernel_s - 1u) * g.w_stride_s);
  return select(0.0, weight, (t < g.kernel_t) & (r < g.kernel_r) & (s < g.kernel_s));
}

// G w: the points of a line of taps.
fn transform_line(w: array<f32, TAPS>) -> array<f32, POINTS> {
  var points: array<f32, POINTS>;
  points[0] = SCALES[0] * w[0];
  points[POINTS - 1u] = w[TAPS - 1u];
  // @unroll
  for (var pair = 0u; pair < PAIRS; pair++) {
    var even = w[0];
    var odd = POWERS[pair * TAPS + 1u] * w[1];
    // @unroll
    for (var j = 2u; j < TAPS; j++) {
      if (j % 2u == 0u) {
        even = fma(POWERS[pair * TAPS + j], w[j], even);
      } else {
        odd = fma(POWERS[pair * TAPS + j], w[j], odd);
      }
    }
    points[2u * pair + 1u] = SCALES[pair + 1u] * (even + odd);
    points[2u * pair + 2u] = SCALES[pair + 1u] * (even - odd);
  }
  return points;
}
