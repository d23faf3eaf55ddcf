// im2col: lays out, for a range of outputs, the input cells that each of them sees, as the matrix that the GEMM multiplies by the weights.
// Channels-first, a row is a (channel, tap) and a column an output; channels-last the other way round. One thread writes RUN vectors of a row: it
// decodes its position once and then steps along. FOURS_TOGETHER: the four cells of a vector always lie in one input row (channels-first), or at
// one input position (channels-last).
// slots: is_padding, load, source
// constants: CHANNELS_LAST, DILATION_D, DILATION_H, DILATION_W, FOURS_TOGETHER, PADDING_VALUE, RUN, STRIDE_D, STRIDE_H, STRIDE_W
struct Columns {
  threads: u32,
  runs: u32, rows: u32, row_vectors: u32,
  groups: u32, group_c: u32,
  first_pixel: u32, first_image: u32, pixels: u32, matrix_rows: u32,
  output_p: u32, output_o: u32, output_q: u32,
  kernel_t: u32, kernel_r: u32, kernel_s: u32,
  input_d: i32, input_h: i32, input_w: i32,
  pad_d: i32, pad_h: i32, pad_w: i32,
  x_start: u32, x_stride_n: u32, x_stride_g: u32, x_stride_c: u32, x_stride_d: u32, x_stride_h: u32, x_stride_w: u32,
}

struct Pixel { n: u32, o: u32, p: u32, q: u32 }
struct Tap { c: u32, t: u32, r: u32, s: u32 }

@group(0) @binding(0) var<uniform> g: Columns;
@group(0) @binding(3) var<storage, read_write> columns: array<vec4f>;

fn thread(invocation: u32) {
  var index = invocation;
  let run = (index % g.runs) * RUN;
  index /= g.runs;
  let row = index % g.rows;
  index /= g.rows;
  let group = index % g.groups;
  let image = index / g.groups;

  let along = run * 4u;
  var pixel = decode_pixel(image, select(along, row, CHANNELS_LAST));
  var tap = decode_tap(select(row, along, CHANNELS_LAST));
  let start = ((image * g.groups + group) * g.matrix_rows + row) * g.row_vectors;
  for (var j = 0u; j < RUN && run + j < g.row_vectors; j++) {
    var cells: vec4f;
    if (FOURS_TOGETHER) {
      cells = load_four(pixel, tap, group);
      if (CHANNELS_LAST) {
        tap.c += 3u;
        tap = next_tap(tap);
      } else {
        pixel.q += 3u;
        pixel = next_pixel(pixel);
      }
    } else {
      // @unroll
      for (var lane = 0u; lane < 4u; lane++) {
        cells[lane] = load_cell(pixel, tap, group);
        if (CHANNELS_LAST) {
          tap = next_tap(tap);
        } else {
          pixel = next_pixel(pixel);
        }
      }
    }
    columns[start + run + j] = cells;
  }
}

// Positions past the last output are padding columns, whose products are dropped: they read what the last output reads.
fn decode_pixel(image: u32, j: u32) -> Pixel {
  let index = g.first_pixel + min(j, g.pixels - 1u);
  let row = index / g.output_q;
  let plane = row / g.output_p;
  let n = plane / g.output_o;
  return Pixel(g.first_image + image + n, plane - n * g.output_o, row - plane * g.output_p, index - row * g.output_q);
}

// Without branches, which software adapters take both ways.
fn next_pixel(pixel: Pixel) -> Pixel {
  let row_done = pixel.q + 1u == g.output_q;
  let plane_done = row_done & (pixel.p + 1u == g.output_p);
  return Pixel(
    pixel.n,
    select(pixel.o, min(pixel.o + 1u, g.output_o - 1u), plane_done),
    select(pixel.p + select(0u, 1u, row_done), 0u, plane_done),
    select(pixel.q + 1u, 0u, row_done),
  );
}

// The terms of a sum run as (c, t, r, s) channels-first and as (t, r, s, c) channels-last.
fn decode_tap(k: u32) -> Tap {
  let taps = g.kernel_t * g.kernel_r * g.kernel_s;
  let outer = k / select(taps, g.group_c, CHANNELS_LAST);
  let within = k - outer * select(taps, g.group_c, CHANNELS_LAST);
  let c = select(outer, within, CHANNELS_LAST);
  let tap = select(within, outer, CHANNELS_LAST);
  return Tap(c, tap / (g.kernel_r * g.kernel_s), (tap / g.kernel_s) % g.kernel_r, tap % g.kernel_s);
}

fn next_tap(tap: Tap) -> Tap {
  let c_done = tap.c + 1u == g.group_c;
  let s_done = c_done & (tap.s + 1u == g.kernel_s);
  let r_done = s_done & (tap.r + 1u == g.kernel_r);
  return Tap(
    select(tap.c + 1u, 0u, c_done),
    tap.t + select(0u, 1u, r_done),
    select(tap.r + select(0u, 1u, s_done), 0u, r_done),
    select(tap.s + select(0u, 1u, c_done), 0u, s_done),
  );
}

// The input position of a tap of an output, before padding is resolved.
fn position(pixel: Pixel, tap: Tap) -> vec3i {
  return vec3i(
    i32(pixel.o * STRIDE_D + tap.t * DILATION_D) - g.pad_d,
    i32(pixel.p * STRIDE_H + tap.r * DILATION_H) - g.pad_h,
    i32(pixel.q * STRIDE_W + tap.s * DILATION_W) - g.pad_w,
  );
}

// The index of the first cell of an input row. Terms past the last are zeros, which pad the length of the sum to a multiple of 4: they read some
// cell and drop it.
fn row_start(pixel: Pixel, tap: Tap, group: u32, at: vec3i) -> u32 {
  return g.x_start + pixel.n * g.x_stride_n + group * g.x_stride_g + min(tap.c, g.group_c - 1u) * g.x_stride_c
    + u32(source(at.x, g.input_d)) * g.x_stride_d + u32(source(at.y, g.input_h)) * g.x_stride_h;
}

fn load_cell(pixel: Pixel, tap: Tap, group: u32) -> f32 {
  let at = position(pixel, tap);
  let cell = load(row_start(pixel, tap, group, at) + u32(source(at.z, g.input_w)) * g.x_stride_w);
  let padding = is_padding(at.x, g.input_d) | is_padding(at.y, g.input_h) | is_padding(at.z, g.input_w);
  let past_end = (tap.c >= g.group_c) | (tap.t >= g.kernel_t);
  return select(select(cell, PADDING_VALUE, padding), 0.0, past_end);
}

fn load_four(pixel: Pixel, tap: Tap, group: u32) -> vec4f {
  let at = position(pixel, tap);
  let row = row_start(pixel, tap, group, at);
  let row_padding = is_padding(at.x, g.input_d) | is_padding(at.y, g.input_h);
  let past_end = (tap.c >= g.group_c) | (tap.t >= g.kernel_t);
  var cells: vec4f;
  if (CHANNELS_LAST) {
    let first = row + u32(source(at.z, g.input_w)) * g.x_stride_w;
    let step = g.x_stride_c;
    cells = vec4f(load(first), load(first + step), load(first + 2u * step), load(first + 3u * step));
    cells = select(cells, vec4f(PADDING_VALUE), row_padding | is_padding(at.z, g.input_w));
  } else {
    // @unroll
    for (var lane = 0u; lane < 4u; lane++) {
      let w = at.z + i32(lane * STRIDE_W);
      cells[lane] = select(load(row + u32(source(w, g.input_w)) * g.x_stride_w), PADDING_VALUE, row_padding | is_padding(w, g.input_w));
    }
  }
  return select(cells, vec4f(), past_end);
}
