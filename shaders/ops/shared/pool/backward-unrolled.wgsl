// The gradient of pooling where at most AROUND_D x AROUND_H x AROUND_W windows contain a cell, unrolled: an invocation computes every
// row_threads-th cell of a row. The pooled map is the input.
// slots: has_cell, load_window, place_of, steps_in, task_of, with_loaded, write
// constants: AROUND_D, AROUND_H, AROUND_W, CHANNELS_LAST
// types: Element, V

// The last window that begins at or before a cell of the padded axis.
fn last_window(padded: u32, stride: u32, windows: u32) -> u32 {
  return min(steps_in(padded, stride), windows - 1u);
}

// Whether the window `before` windows ahead of the last one exists and reaches the cell.
fn reaches(padded: u32, last: u32, before: u32, stride: u32, extent: u32) -> bool {
  return before <= last && (last - before) * stride + extent > padded;
}

fn thread(index: u32) {
  let task = task_of(index);
  let o = task.o;
  let v = g.regions.windows;
  let pixel = select(1u, g.input.channels, CHANNELS_LAST);
  let plane = place_of(Element(o.n, o.c, 0u, 0u, 0u), g.input);
  let row = (o.d * g.output.height + o.h) * g.output.width;
  let to = place_of(Element(o.n, o.c, 0u, 0u, 0u), g.output);
  let extent_d = (v.kernel_d - 1u) * v.dilation_d + 1u;
  let extent_h = (v.kernel_h - 1u) * v.dilation_h + 1u;
  let extent_w = (v.kernel_w - 1u) * v.dilation_w + 1u;
  let last_d = last_window(o.d + v.begin_d, v.stride_d, g.input.depth);
  let last_h = last_window(o.h + v.begin_h, v.stride_h, g.input.height);
  // Rows of windows, the same for all cells of the row.
  var rows: array<u32, AROUND_D * AROUND_H>;
  var row_reaches: array<bool, AROUND_D * AROUND_H>;
  // @unroll
  for (var i = 0u; i < AROUND_D; i++) {
    // @unroll
    for (var j = 0u; j < AROUND_H; j++) {
      let d = AROUND_D - 1u - i;
      let h = AROUND_H - 1u - j;
      rows[i * AROUND_H + j] = ((last_d - d) * g.input.height + last_h - h) * g.input.width;
      row_reaches[i * AROUND_H + j] = reaches(o.d + v.begin_d, last_d, d, v.stride_d, extent_d)
        && reaches(o.h + v.begin_h, last_h, h, v.stride_h, extent_h);
    }
  }
  for (var w = task.column; w < g.output.width; w += g.row_threads) {
    let last_w = last_window(w + v.begin_w, v.stride_w, g.input.width);
    var state = V(0.0);
    // @unroll
    for (var i = 0u; i < AROUND_D * AROUND_H; i++) {
      // @unroll
      for (var k = 0u; k < AROUND_W; k++) {
        let before = AROUND_W - 1u - k;
        let reached = row_reaches[i] && reaches(w + v.begin_w, last_w, before, v.stride_w, extent_w);
        let window = vec3u(
          last_d - (AROUND_D - 1u - i / AROUND_H),
          last_h - (AROUND_H - 1u - i % AROUND_H),
          last_w - before,
        );
        let pooled = plane + select(0u, rows[i] + window.z, reached) * pixel;
        let next = with_loaded(state, load_window(pooled, window, has_cell(window, vec3u(o.d, o.h, w))), row + w);
        state = select(state, next, reached);
      }
    }
    write(to + (row + w) * pixel, state);
  }
}
