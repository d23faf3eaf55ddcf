// The gradient of a locally connected layer with respect to its weights. An invocation computes the weights of one output for up to
// CHANNELS input channels, and loads the gradients of the first HELD images once for all of them.
// slots: strides_of, weight_strides
// constants: CHANNELS, CHANNELS_LAST, HELD
// types: E, Local
@group(0) @binding(0) var<uniform> g: Local;
@group(0) @binding(1) var<storage, read> x: array<E>;
@group(0) @binding(2) var<storage, read> dy: array<E>;
@group(0) @binding(3) var<storage, read_write> dw: array<E>;

fn thread(index: u32) {
  let source = strides_of(g.input);
  let to = strides_of(g.output);
  let by = weight_strides(g);
  // As in the weights, cells are innermost, or with CHANNELS_LAST output channels.
  let cells = g.output.depth * g.output.height * g.output.width;
  let inner = select(cells, g.output.channels, CHANNELS_LAST);
  let last = index % inner;
  let outer = index / inner;
  let runs = (g.group_c + CHANNELS - 1u) / CHANNELS;
  let first = outer % runs * CHANNELS;
  let count = min(CHANNELS, g.group_c - first);
  let k = select(outer / runs, last, CHANNELS_LAST);
  let cell = select(last, outer / runs, CHANNELS_LAST);
  let row = cell / g.output.width;
  let o = vec3u(row / g.output.height, row % g.output.height, cell - row * g.output.width);
  let corner = vec3i(o * vec3u(g.stride_d, g.stride_h, g.stride_w)) - vec3i(vec3u(g.begin_d, g.begin_h, g.begin_w));
  let size = vec3u(g.input.depth, g.input.height, g.input.width);
  let plane = (k / g.group_k * g.group_c + first) * source.channel;
  let gradient = k * to.channel + cell * to.cell;
  var held: array<f32, HELD>;
  // @unroll
  for (var n = 0u; n < HELD; n++) {
    held[n] = f32(dy[n * to.image + gradient]);
  }
  var weight = k * by.k + first * by.c + cell * by.cell;
  for (var t = 0u; t < g.kernel_d; t++) {
    for (var r = 0u; r < g.kernel_h; r++) {
      for (var s = 0u; s < g.kernel_w; s++) {
        // Cells before the first wrap to large values.
        let at = vec3u(corner + vec3i(vec3u(t * g.dilation_d, r * g.dilation_h, s * g.dilation_w)));
        let inside = all(at < size);
        let place = plane + select(0u, ((at.x * size.y + at.y) * size.z + at.z) * source.cell, inside);
        for (var c = 0u; c < count; c++) {
          let value = place + c * source.channel;
          var sum = 0.0;
          // @unroll
          for (var n = 0u; n < HELD; n++) {
            sum += f32(x[n * source.image + value]) * held[n];
          }
          for (var n = HELD; n < g.batch; n++) {
            sum += f32(x[n * source.image + value]) * f32(dy[n * to.image + gradient]);
          }
          dw[weight + c * by.c] = E(select(0.0, sum, inside));
        }
        weight += by.tap;
      }
    }
  }
}
