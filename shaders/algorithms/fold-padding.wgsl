// The adjoint of padding that repeats the input: the gradient of each input cell is the sum, in a fixed order, of the gradients of all cells of
// the padded input that repeat it. `copies` comes from a copies-* snippet.
// slots: copies, epilogue
// types: Y
struct Fold {
  threads: u32, channels: u32,
  input_d: u32, input_h: u32, input_w: u32,
  begin_d: u32, begin_h: u32, begin_w: u32,
  end_d: u32, end_h: u32, end_w: u32,
  from_n: u32, from_c: u32, from_d: u32, from_h: u32, from_w: u32,
  y_stride_n: u32, y_stride_c: u32, y_stride_d: u32, y_stride_h: u32, y_stride_w: u32,
}

// Neighbouring cells of the padded input along an axis.
struct Cells { first: u32, count: u32 }

@group(0) @binding(0) var<uniform> g: Fold;
@group(0) @binding(1) var<storage, read> padded: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<Y>;

fn thread(invocation: u32) {
  var index = invocation;
  let w = index % g.input_w;
  index /= g.input_w;
  let h = index % g.input_h;
  index /= g.input_h;
  let d = index % g.input_d;
  index /= g.input_d;
  let c = index % g.channels;
  let n = index / g.channels;
  let channel_at = n * g.from_n + c * g.from_c;
  var sum = 0.0;
  for (var i = 0u; i < 3u; i++) {
    let slices = cells_for(i, d, g.input_d, g.begin_d, g.end_d);
    for (var slice = slices.first; slice < slices.first + slices.count; slice++) {
      for (var j = 0u; j < 3u; j++) {
        let rows = cells_for(j, h, g.input_h, g.begin_h, g.end_h);
        for (var row = rows.first; row < rows.first + rows.count; row++) {
          for (var k = 0u; k < 3u; k++) {
            let columns = cells_for(k, w, g.input_w, g.begin_w, g.end_w);
            for (var column = columns.first; column < columns.first + columns.count; column++) {
              sum += padded[channel_at + slice * g.from_d + row * g.from_h + column * g.from_w];
            }
          }
        }
      }
    }
  }
  let at = n * g.y_stride_n + c * g.y_stride_c + d * g.y_stride_d + h * g.y_stride_h + w * g.y_stride_w;
  y[at] = Y(epilogue(sum, c, at));
}

// The cells of the padded input that repeat input cell i: the cell itself, those before the input, those behind it.
fn cells_for(place: u32, i: u32, size: u32, begin: u32, end: u32) -> Cells {
  if (place == 0u) {
    return Cells(begin + i, 1u);
  }
  return copies(place == 2u, i, size, begin, end);
}
