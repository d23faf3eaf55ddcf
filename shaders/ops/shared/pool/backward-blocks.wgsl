// The gradient of pooling by windows of constant sizes: an invocation loads the windows around its blocks (blocks.wgsl) once and computes
// all of their cells. Which taps fall on which cells is known when the kernel is compiled.
// slots: block_at, load_window, note, with_loaded, write
// constants: ALL_INSIDE, AROUND_D, AROUND_H, AROUND_W, DILATION_D, DILATION_H, DILATION_W, EVEN, KERNEL_D, KERNEL_H, KERNEL_W, ROWS, RUN, STRIDE_D, STRIDE_H, STRIDE_W
// types: V, Window

fn thread(index: u32) {
  let at = block_at(index);
  var windows: array<Window, AROUND_D * ROWS * AROUND_W>;
  var columns: array<u32, AROUND_W>;
  var column_inside: array<bool, AROUND_W>;
  // Windows before the first one wrap around and so fail the comparison.
  // @unroll
  for (var k = 0u; k < AROUND_W; k++) {
    let w = at.window.z + k - (AROUND_W - 1u);
    columns[k] = w * at.pixel;
    column_inside[k] = w < g.input.width;
  }
  // @unroll
  for (var i = 0u; i < AROUND_D; i++) {
    let d = at.window.x + i - (AROUND_D - 1u);
    // @unroll
    for (var j = 0u; j < ROWS; j++) {
      let h = at.window.y + j - (AROUND_H - 1u);
      let row_inside = (d < g.input.depth) & (h < g.input.height);
      let row_offset = (d * g.input.height + h) * g.input.width * at.pixel;
      // @unroll
      for (var k = 0u; k < AROUND_W; k++) {
        let inside = ALL_INSIDE | (row_inside & column_inside[k]);
        windows[(i * ROWS + j) * AROUND_W + k] = load_window(at.plane + select(0u, row_offset + columns[k], inside), inside);
      }
    }
  }
  // @unroll
  for (var r = 0u; r < RUN; r++) {
    let h = at.window.y + r;
    let inside = ALL_INSIDE | ((at.window.x < g.input.depth) & (h < g.input.height) & (at.window.z < g.input.width));
    let first = vec3u(at.cell.x, at.cell.y + r * STRIDE_H, at.cell.z);
    note(windows[((AROUND_D - 1u) * ROWS + r + AROUND_H - 1u) * AROUND_W + AROUND_W - 1u], first, inside);
  }
  var states: array<V, STRIDE_D * RUN * STRIDE_H * STRIDE_W>;
  var positions: array<u32, STRIDE_D * RUN * STRIDE_H * STRIDE_W>;
  // @unroll
  for (var t = 0u; t < STRIDE_D; t++) {
    // @unroll
    for (var r = 0u; r < RUN * STRIDE_H; r++) {
      // @unroll
      for (var s = 0u; s < STRIDE_W; s++) {
        states[(t * RUN * STRIDE_H + r) * STRIDE_W + s] = V(0.0);
        positions[(t * RUN * STRIDE_H + r) * STRIDE_W + s] =
          ((at.cell.x + t) * g.output.height + at.cell.y + r) * g.output.width + at.cell.z + s;
      }
    }
  }
  // In order of falling taps, so that the windows of each cell come in rising order.
  // @unroll
  for (var t = 0u; t < KERNEL_D; t++) {
    // @unroll
    for (var u = 0u; u < KERNEL_H; u++) {
      // @unroll
      for (var s = 0u; s < KERNEL_W; s++) {
        const reach_d = (KERNEL_D - 1u - t) * DILATION_D;
        const reach_h = (KERNEL_H - 1u - u) * DILATION_H;
        const reach_w = (KERNEL_W - 1u - s) * DILATION_W;
        // @unroll
        for (var r = 0u; r < RUN; r++) {
          const cell = ((reach_d % STRIDE_D * RUN + r) * STRIDE_H + reach_h % STRIDE_H) * STRIDE_W + reach_w % STRIDE_W;
          const row = (AROUND_D - 1u - reach_d / STRIDE_D) * ROWS + r + AROUND_H - 1u - reach_h / STRIDE_H;
          let window = windows[row * AROUND_W + AROUND_W - 1u - reach_w / STRIDE_W];
          states[cell] = with_loaded(states[cell], window, positions[cell]);
        }
      }
    }
  }
  // @unroll
  for (var t = 0u; t < STRIDE_D; t++) {
    // @unroll
    for (var r = 0u; r < RUN * STRIDE_H; r++) {
      // @unroll
      for (var s = 0u; s < STRIDE_W; s++) {
        let inside = (at.cell.x + t < g.output.depth) & (at.cell.y + r < g.output.height) & (at.cell.z + s < g.output.width);
        if (EVEN | inside) {
          const cell = (t * RUN * STRIDE_H + r) * STRIDE_W + s;
          write(at.to + positions[cell] * at.pixel, states[cell]);
        }
      }
    }
  }
}
