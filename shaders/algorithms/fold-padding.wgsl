// The adjoint of padding that repeats the input: the gradient of each input cell is the sum, in a fixed order, of the gradients of all cells of
// the padded input that repeat it. `copies` comes from a copies-* snippet.
// slots: channel_of, copies, epilogue
// constants: IMAGES
// types: OutputChannels, Y
struct Fold {
  threads: u32, channels: u32,
  input_d: i32, input_h: i32, input_w: i32,
  begin_d: i32, begin_h: i32, begin_w: i32,
  padded_d: i32, padded_h: i32, padded_w: i32,
  from_n: u32, from_c: u32, from_d: u32, from_h: u32, from_w: u32,
  y_stride_n: u32, y_stride_d: u32, y_stride_h: u32, y_stride_w: u32,
  @align(16) y_channels: OutputChannels,
}

// Cells of the padded input along an axis, `step` apart.
struct Cells { first: i32, end: i32, step: i32 }

@group(0) @binding(0) var<uniform> g: Fold;
@group(0) @binding(1) var<storage, read> padded: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<Y>;

fn thread(invocation: u32) {
  var index = invocation;
  let w = index % u32(g.input_w);
  index /= u32(g.input_w);
  let h = index % u32(g.input_h);
  index /= u32(g.input_h);
  let d = index % u32(g.input_d);
  index /= u32(g.input_d);
  let c = index % g.channels;
  let n = index / g.channels;
  let channel_at = n * g.from_n + c * g.from_c;
  var sum = 0.0;
  for (var i = 0; i < IMAGES; i++) {
    let slices = copies(i, i32(d), g.input_d, g.begin_d, g.padded_d);
    for (var slice = slices.first; slice < slices.end; slice += slices.step) {
      let slice_at = channel_at + u32(slice) * g.from_d;
      for (var j = 0; j < IMAGES; j++) {
        let rows = copies(j, i32(h), g.input_h, g.begin_h, g.padded_h);
        for (var row = rows.first; row < rows.end; row += rows.step) {
          let row_at = slice_at + u32(row) * g.from_h;
          for (var k = 0; k < IMAGES; k++) {
            let columns = copies(k, i32(w), g.input_w, g.begin_w, g.padded_w);
            for (var column = columns.first; column < columns.end; column += columns.step) {
              sum += padded[row_at + u32(column) * g.from_w];
            }
          }
        }
      }
    }
  }
  let channel = channel_of(c);
  let at = n * g.y_stride_n + channel.at + d * g.y_stride_d + h * g.y_stride_h + w * g.y_stride_w;
  y[at] = Y(epilogue(sum, channel.index, at));
}
