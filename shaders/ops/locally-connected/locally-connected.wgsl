// A convolution in which each output has its own weights. An invocation computes one output of BATCH images, from STEP channels at once. The
// result y is declared in local-bias.wgsl or no-local-bias.wgsl.
// slots: bias_of, element_at, strides_of, weight_strides
// constants: BATCH, STEP
// types: E, Local
@group(0) @binding(0) var<uniform> g: Local;
@group(0) @binding(1) var<storage, read> x: array<E>;
@group(0) @binding(2) var<storage, read> w: array<E>;

fn thread(index: u32) {
  let to = strides_of(g.output);
  let source = strides_of(g.input);
  let by = weight_strides(g);
  let first = index / to.image * BATCH;
  let images = min(BATCH, g.batch - first);
  let o = element_at(index % to.image, g.output);
  let cell = (o.d * g.output.height + o.h) * g.output.width + o.w;
  let corner = vec3i(vec3u(o.d * g.stride_d, o.h * g.stride_h, o.w * g.stride_w)) - vec3i(vec3u(g.begin_d, g.begin_h, g.begin_w));
  let size = vec3u(g.input.depth, g.input.height, g.input.width);
  let channel = o.c / g.group_k * g.group_c;
  var sums: array<f32, BATCH>;
  // Images past the last repeat the last one and are not stored.
  var image: array<u32, BATCH>;
  // @unroll
  for (var i = 0u; i < BATCH; i++) {
    image[i] = (first + min(i, images - 1u)) * source.image + channel * source.channel;
  }
  var tap = 0u;
  for (var t = 0u; t < g.kernel_d; t++) {
    for (var r = 0u; r < g.kernel_h; r++) {
      for (var s = 0u; s < g.kernel_w; s++) {
        let at = vec3u(corner + vec3i(vec3u(t * g.dilation_d, r * g.dilation_h, s * g.dilation_w)));
        if (all(at < size)) {
          let place = ((at.x * size.y + at.y) * size.z + at.z) * source.cell;
          let weights = o.c * by.k + tap * by.tap + cell * by.cell;
          for (var c = 0u; c < g.group_c; c += STEP) {
            // @unroll
            for (var step = 0u; step < STEP; step++) {
              let weight = f32(w[weights + (c + step) * by.c]);
              let offset = place + (c + step) * source.channel;
              // @unroll
              for (var i = 0u; i < BATCH; i++) {
                sums[i] += weight * f32(x[image[i] + offset]);
              }
            }
          }
        }
        tap++;
      }
    }
  }
  let output = index % to.image;
  let bias = bias_of(output);
  // @unroll
  for (var i = 0u; i < BATCH; i++) {
    if (i < images) {
      y[(first + i) * to.image + output] = E(sums[i] + bias);
    }
  }
}
