// The last pass of the inverse transform, along the width, to real outputs: undoes forward.wgsl. Numbers have real and imaginary part swapped, so
// the real part of the result is the second component; those past RADIX / 2 are conjugates of the stored ones. One thread computes one l of one
// row of one (channel, tile), and stores the outputs among its numbers: every stride-th one inside the map.
// slots: channel_of, epilogue, is_cell, rotated, transform
// constants: EVERY_CELL, RADIX, TWIDDLES, TWIDDLE_ROWS, TWIDDLE_VECTORS
// types: Channel, Line, OutputChannels, Y
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
  let step = g.span * g.signals;
  var line: Line;
  // @unroll unless brief
  for (var k = 0u; k < RADIX / 2u + 1u; k++) {
    line[k] = spectrum[start + k * step];
  }
  if (TWIDDLES) {
    line = rotated(line, l);
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
  let outputs = Row(own, y_row, vec3u(o, p, q0), select(0u, min(g.step_q, g.output_q - q0), inside));
  // @unroll unless brief
  for (var j = 0u; j < RADIX; j++) {
    store_cell(outputs, j * g.span + l, line[j].y);
  }
}

// A row of outputs of a tile: its offset in y, the first output, and how many the tile has.
struct Row { channel: Channel, at: u32, first: vec3u, width: u32 }

// Stores the output at a cell of a row, if there is one.
fn store_cell(row: Row, cell: u32, value: f32) {
  let q = cell / g.stride_w;
  if (((q < row.width) & (q * g.stride_w == cell)) && (EVERY_CELL || is_cell(row.channel, row.first + vec3u(0u, 0u, q)))) {
    let at = row.at + (row.first.z + q) * g.y_stride_q;
    y[at] = Y(epilogue(value, row.channel.index, at));
  }
}
