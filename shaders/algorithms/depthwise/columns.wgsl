// Depthwise correlation with one output channel a group and a large kernel, on GPUs. One thread computes TILE_P outputs of a column of one channel:
// for each column of the kernel it slides down a column of cells, STEP kernel rows a turn and TAIL after the last. A column of cells has one
// test for padding and its addresses are a stride apart.
//
// Neighbouring outputs of a thread are OUT_STEP apart, as in depthwise.wgsl, and their windows start one dilation apart.
// slots: channel_of, finish, is_padding, load, load_bias, load_weight, strip_of
// constants: CHANNELS_LAST, COLUMNS, DILATION_H, DILATION_W, OUT_STEP, PADDING_VALUE, STEP, STRIDE_H, STRIDE_W, TAIL, TILE_P, TURNS
// types: OutputChannels, Y
struct Columns {
  threads: u32, strips: u32, channels: u32, output_p: u32, output_q: u32,
  input_h: i32, input_w: i32,
  pad_h: i32, pad_w: i32,
  // x_next leads to the next cell of a column.
  x_start: u32, x_stride_n: u32, x_channel: u32, x_stride_h: u32, x_stride_w: u32, x_next: u32,
  w_start: u32, w_channel: u32, w_stride_r: u32, w_stride_s: u32,
  y_start: u32, y_stride_n: u32, y_stride_p: u32, y_stride_q: u32,
  @align(16) y_channels: OutputChannels,
}

@group(0) @binding(0) var<uniform> g: Columns;
@group(0) @binding(3) var<storage, read_write> y: array<Y>;

// Cells that a turn shares with the next.
const SHARED = TILE_P - 1u;

// The row of a cell past the left or right border: above the map, whatever is added.
const ABOVE = -0x40000000;

alias Sums = array<f32, TILE_P>;

fn thread(invocation: u32) {
  let found = strip_of(invocation, g.channels, g.output_q, g.strips);
  let n = found.n;
  let channel = found.channel;
  let q = found.column;
  let strip = found.strip;
  let p0 = strip / OUT_STEP * (TILE_P * OUT_STEP) + strip % OUT_STEP;
  let top = i32(p0 * STRIDE_H) - g.pad_h;
  let left = i32(q * STRIDE_W) - g.pad_w;
  // Of padding, which is not stored, any cell is loaded: this may wrap around.
  let x_step = select(1u, g.x_stride_w, CHANNELS_LAST);
  var x_at = g.x_start + n * g.x_stride_n + channel * g.x_channel + u32(top) * g.x_stride_h + u32(left) * x_step;
  var w_at = g.w_start + channel * g.w_channel;

  var sums: Sums;
  for (var s = 0u; s < COLUMNS; s++) {
    let column = left + i32(s * DILATION_W);
    var h = select(top, ABOVE, is_padding(column, g.input_w));
    var at = x_at;
    var tap = w_at;
    var cells: array<f32, SHARED + STEP>;
    // @unroll
    for (var j = 0u; j < SHARED; j++) {
      cells[j] = cell(at + j * g.x_next, h + i32(j * DILATION_H));
    }
    at += SHARED * g.x_next;
    h += i32(SHARED * DILATION_H);
    for (var turn = 0u; turn < TURNS; turn++) {
      // @unroll
      for (var j = 0u; j < STEP; j++) {
        cells[SHARED + j] = cell(at, h + i32(j * DILATION_H));
        at += g.x_next;
      }
      h += i32(STEP * DILATION_H);
      // @unroll
      for (var r = 0u; r < STEP; r++) {
        let weight = load_weight(tap);
        tap += g.w_stride_r;
        // @unroll
        for (var p = 0u; p < TILE_P; p++) {
          sums[p] = fma(cells[p + r], weight, sums[p]);
        }
      }
      // @unroll
      for (var j = 0u; j < SHARED; j++) {
        cells[j] = cells[j + STEP];
      }
    }
    // @unroll
    for (var j = 0u; j < TAIL; j++) {
      cells[SHARED + j] = cell(at, h + i32(j * DILATION_H));
      at += g.x_next;
    }
    // @unroll
    for (var r = 0u; r < TAIL; r++) {
      let weight = load_weight(tap);
      tap += g.w_stride_r;
      // @unroll
      for (var p = 0u; p < TILE_P; p++) {
        sums[p] = fma(cells[p + r], weight, sums[p]);
      }
    }
    x_at += DILATION_W * x_step;
    w_at += g.w_stride_s;
  }

  let bias = load_bias(channel);
  let y_at = g.y_start + n * g.y_stride_n + channel_of(channel).at + q * g.y_stride_q;
  // @unroll
  for (var p = 0u; p < TILE_P; p++) {
    let row = p0 + p * OUT_STEP;
    if (row < g.output_p) {
      let position = y_at + row * g.y_stride_p;
      y[position] = Y(finish(sums[p], bias, position));
    }
  }
}

fn cell(at: u32, h: i32) -> f32 {
  return select(load(at), PADDING_VALUE, is_padding(h, g.input_h));
}
