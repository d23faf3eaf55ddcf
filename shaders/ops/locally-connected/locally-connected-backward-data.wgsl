// The gradient of a locally connected layer with respect to its input. An invocation computes one cell of BATCH images: the sum over all
// outputs that read it, STEP channels at once.
// slots: element_at, strides_of, weight_strides
// constants: BATCH, STEP
// types: E, Local
@group(0) @binding(0) var<uniform> g: Local;
@group(0) @binding(1) var<storage, read> dy: array<E>;
@group(0) @binding(2) var<storage, read> w: array<E>;
@group(0) @binding(3) var<storage, read_write> dx: array<E>;

// The output along an axis that reads a cell with a tap, or NONE.
fn reader_of(cell: u32, reach: u32, stride: u32, begin: u32, outputs: u32) -> u32 {
  let source = cell + begin;
  let output = (source - min(reach, source)) / stride;
  return select(NONE, output, (reach <= source) & (output * stride + reach == source) & (output < outputs));
}

const NONE = 0xffffffffu;

fn thread(index: u32) {
  let to = strides_of(g.input);
  let source = strides_of(g.output);
  let by = weight_strides(g);
  let first = index / to.image * BATCH;
  let images = min(BATCH, g.batch - first);
  let i = element_at(index % to.image, g.input);
  let group = i.c / g.group_c;
  let channel = group * g.group_k;
  let of_channel = channel * by.k + (i.c - group * g.group_c) * by.c;
  var sums: array<f32, BATCH>;
  var image: array<u32, BATCH>;
  // @unroll
  for (var n = 0u; n < BATCH; n++) {
    image[n] = (first + min(n, images - 1u)) * source.image + channel * source.channel;
  }
  var tap = 0u;
  for (var t = 0u; t < g.kernel_d; t++) {
    let d = reader_of(i.d, t * g.dilation_d, g.stride_d, g.begin_d, g.output.depth);
    for (var r = 0u; r < g.kernel_h; r++) {
      let h = reader_of(i.h, r * g.dilation_h, g.stride_h, g.begin_h, g.output.height);
      for (var s = 0u; s < g.kernel_w; s++) {
        let v = reader_of(i.w, s * g.dilation_w, g.stride_w, g.begin_w, g.output.width);
        if (max(d, max(h, v)) != NONE) {
          let cell = (d * g.output.height + h) * g.output.width + v;
          let weights = of_channel + tap * by.tap + cell * by.cell;
          for (var k = 0u; k < g.group_k; k += STEP) {
            // @unroll
            for (var step = 0u; step < STEP; step++) {
              let weight = f32(w[weights + (k + step) * by.k]);
              let offset = (k + step) * source.channel + cell * source.cell;
              // @unroll
              for (var n = 0u; n < BATCH; n++) {
                sums[n] += weight * f32(dy[image[n] + offset]);
              }
            }
          }
        }
        tap++;
      }
    }
  }
  let cell = index % to.image;
  // @unroll
  for (var n = 0u; n < BATCH; n++) {
    if (n < images) {
      dx[(first + n) * to.image + cell] = E(sums[n]);
    }
  }
}
