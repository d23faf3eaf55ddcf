// The last pass of the inverse transform, along the width, to real outputs: undoes forward.wgsl. Numbers have real and imaginary part swapped, so
// the real part of the result is the second component; those past RADIX / 2 are conjugates of the stored ones. One thread computes one l of one
// row of one (channel, tile), and stores the outputs among its numbers: every stride-th one inside the map.
// slots: channel_of, complex_product, epilogue, is_cell, transform, twiddles
// constants: EVERY_CELL, RADIX, TWIDDLES, TWIDDLE_ROWS, TWIDDLE_VECTORS
// types: Line, OutputChannels, Y
struct Inverse {
  threads: u32, signals: u32, span: u32, rows_h: u32,
  tiles: u32, first_tile: u32, first_channel: u32,
  tiles_d: u32, tiles_h: u32, tiles_w: u32,
  step_o: u32, step_p: u32, step_q: u32,
  output_o: u32, output_p: u32, output_q: u32,
  stride_d: u32, stride_h: u32, stride_w: u32,
  y_start: u32, y_stride_n: u32, y_stride_o: u32, y_stride_p: u32, y_stride_q: u32,
  @align(16) y_channels: OutputChannels,
  twiddles: array<vec4f, TWIDDLE_ROWS * TWIDDLE_VECTORS>,
}

@group(0) @binding(0) var<uniform> g: Inverse;
@group(0) @binding(1) var<storage, read> spectrum: array<vec2f>;
@group(0) @binding(3) var<storage, read_write> y: array<Y>;

fn thread(index: u32) {
  let place = index / g.signals;
  let signal = index - place * g.signals;
  let row = place / g.span;
  let l = place - row * g.span;
  let tile_o = row / g.step_p;
  let tile_p = row - tile_o * g.step_p;

  let cells = tile_o * g.stride_d * g.rows_h + tile_p * g.stride_h;
  let start = (cells * (RADIX / 2u + 1u) * g.span + l) * g.signals + signal;
  var turns: Line;
  if (TWIDDLES) {
    turns = twiddles(l);
  }
  var line: Line;
  // @unroll
  for (var k = 0u; k < RADIX / 2u + 1u; k++) {
    line[k] = spectrum[start + k * g.span * g.signals];
    if (TWIDDLES && k > 0u) {
      line[k] = complex_product(line[k], turns[k]);
    }
  }
  // @unroll
  for (var k = RADIX / 2u + 1u; k < RADIX; k++) {
    line[k] = vec2f(-line[RADIX - k].x, line[RADIX - k].y);
  }
  line = transform(line);

  let channel = signal / g.tiles;
  var tile = g.first_tile + signal - channel * g.tiles;
  let q0 = (tile % g.tiles_w) * g.step_q;
  tile /= g.tiles_w;
  let p = (tile % g.tiles_h) * g.step_p + tile_p;
  tile /= g.tiles_h;
  let o = (tile % g.tiles_d) * g.step_o + tile_o;
  let n = tile / g.tiles_d;
  let own = channel_of(g.first_channel + channel);
  let inside = (o < g.output_o) & (p < g.output_p);
  let y_row = g.y_start + n * g.y_stride_n + own.at + o * g.y_stride_o + p * g.y_stride_p;
  let width = min(g.step_q, g.output_q - q0);
  // @unroll
  for (var j = 0u; j < RADIX; j++) {
    let cell = j * g.span + l;
    let q = cell / g.stride_w;
    if ((inside & (q < width) & (q * g.stride_w == cell)) && (EVERY_CELL || is_cell(own, vec3u(o, p, q0 + q)))) {
      let at = y_row + (q0 + q) * g.y_stride_q;
      y[at] = Y(epilogue(line[j].y, own.index, at));
    }
  }
}
