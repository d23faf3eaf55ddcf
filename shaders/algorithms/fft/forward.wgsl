// The first pass of a transform, along the width of real signals: out[k, l] = W^(k l) sum over j of in[j span + l] V^(j k),
// V = exp(-2 pi i / RADIX), W = exp(-2 pi i / (RADIX span)), for k up to RADIX / 2: the others are conjugates of these, and remain so through the
// later passes along l. One thread computes one l of one row of one signal; the spectra of signals are interleaved.
// open_row and load_cell come from a source-* snippet, transform and twiddles from line.wgsl and twiddles.wgsl.
// slots: load_cell, open_row, rotated, transform
// constants: RADIX, TWIDDLES, TWIDDLE_ROWS, TWIDDLE_VECTORS
// types: Line, Source
struct Forward {
  threads: u32, signals: u32, span: u32, rows_h: u32,
  source: Source,
  twiddles: array<vec4f, TWIDDLE_ROWS * TWIDDLE_VECTORS>,
}

@group(0) @binding(0) var<uniform> g: Forward;
@group(0) @binding(3) var<storage, read_write> spectrum: array<vec2f>;

fn thread(index: u32) {
  let place = index / g.signals;
  let signal = index - place * g.signals;
  let row = place / g.span;
  let l = place - row * g.span;
  let d = row / g.rows_h;
  let h = row - d * g.rows_h;

  let cells = open_row(signal, d, h);
  var line: Line;
  // @unroll unless brief
  for (var j = 0u; j < RADIX; j++) {
    line[j] = vec2f(load_cell(cells, j * g.span + l), 0.0);
  }
  line = transform(line);
  if (TWIDDLES) {
    line = rotated(line, l);
  }
  let start = (row * (RADIX / 2u + 1u) * g.span + l) * g.signals + signal;
  // @unroll unless brief
  for (var k = 0u; k < RADIX / 2u + 1u; k++) {
    spectrum[start + k * g.span * g.signals] = line[k];
  }
}
