// One pass of a transform along an axis, in place: replaces RADIX numbers, span * inner apart, by their transform. In the forward direction the
// twiddles follow the transform, so the frequencies come out in digit-reversed order. The inverse (BACK) undoes the passes in reverse, twiddles
// first, and never needs the natural order. It works on numbers with real and imaginary part swapped, whose inverse transform is the forward
// one: swap(z) = i conj(z).
// slots: rotated, transform
// constants: BACK, RADIX, TWIDDLES, TWIDDLE_ROWS, TWIDDLE_VECTORS
// types: Line
struct Pass {
  threads: u32, span: u32, inner: u32,
  twiddles: array<vec4f, TWIDDLE_ROWS * TWIDDLE_VECTORS>,
}

@group(0) @binding(0) var<uniform> g: Pass;
@group(0) @binding(3) var<storage, read_write> spectrum: array<vec2f>;

fn thread(index: u32) {
  let stride = g.span * g.inner;
  let block = index / stride;
  let within = index - block * stride;
  let start = block * stride * RADIX + within;

  var line: Line;
  // @unroll unless brief
  for (var j = 0u; j < RADIX; j++) {
    line[j] = spectrum[start + j * stride];
  }
  if (TWIDDLES && BACK) {
    line = rotated(line, within / g.inner);
  }
  line = transform(line);
  if (TWIDDLES && !BACK) {
    line = rotated(line, within / g.inner);
  }
  // @unroll unless brief
  for (var j = 0u; j < RADIX; j++) {
    spectrum[start + j * stride] = line[j];
  }
}
