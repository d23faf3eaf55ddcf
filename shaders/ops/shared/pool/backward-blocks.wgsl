// The gradient of pooling by windows of constant sizes: an invocation loads the windows around its blocks (blocks.wgsl) once and computes
// all of their cells. Which taps fall on which cells is known when the kernel is compiled.
// slots: block_at, load_window, note, with_loaded, write
// constants: ALL_INSIDE, AROUND_D, AROUND_H, AROUND_W, COLUMNS, DILATION_D, DILATION_H, DILATION_W, EVEN, KERNEL_D, KERNEL_H, KERNEL_W, ROWS, RUN_H, RUN_W, STRIDE_D, STRIDE_H, STRIDE_W
// types: V, Window

// Cells of the tile along each axis.
const HEIGHT = RUN_H * STRIDE_H;
const WIDTH = RUN_W * STRIDE_W;

fn thread(index: u32) {
  let at = block_at(index);
  // Loaded before the stores, behind which SwiftShader loads uniforms again.
  let output = g.output;
  var windows: array<Window, AROUND_D * ROWS * COLUMNS>;
  var columns: array<u32, COLUMNS>;
  var column_inside: array<bool, COLUMNS>;
  // Windows before the first one wrap around and so fail the comparison.
  // @unroll
  for (var k = 0u; k < COLUMNS; k++) {
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
      for (var k = 0u; k < COLUMNS; k++) {
        let inside = ALL_INSIDE | (row_inside & column_inside[k]);
        windows[(i * ROWS + j) * COLUMNS + k] = load_window(
          at.plane + select(0u, row_offset + columns[k], inside),
          vec3u(d, h, at.window.z + k - (AROUND_W - 1u)),
          inside,
        );
      }
    }
  }
  // @unroll
  for (var r = 0u; r < RUN_H; r++) {
    // @unroll
    for (var q = 0u; q < RUN_W; q++) {
      let own = at.window + vec3u(0u, r, q);
      let inside = ALL_INSIDE | ((own.x < g.input.depth) & (own.y < g.input.height) & (own.z < g.input.width));
      let first = at.cell + vec3u(0u, r * STRIDE_H, q * STRIDE_W);
      note(windows[((AROUND_D - 1u) * ROWS + r + AROUND_H - 1u) * COLUMNS + q + AROUND_W - 1u], first, inside);
    }
  }
  var states: array<V, STRIDE_D * HEIGHT * WIDTH>;
  var positions: array<u32, STRIDE_D * HEIGHT * WIDTH>;
  // @unroll
  for (var t = 0u; t < STRIDE_D; t++) {
    // @unroll
    for (var r = 0u; r < HEIGHT; r++) {
      // @unroll
      for (var s = 0u; s < WIDTH; s++) {
        states[(t * HEIGHT + r) * WIDTH + s] = V(0.0);
        positions[(t * HEIGHT + r) * WIDTH + s] =
          ((at.cell.x + t) * output.height + at.cell.y + r) * output.width + at.cell.z + s;
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
        for (var r = 0u; r < RUN_H; r++) {
          // @unroll
          for (var q = 0u; q < RUN_W; q++) {
            const cell = (reach_d % STRIDE_D * HEIGHT + r * STRIDE_H + reach_h % STRIDE_H) * WIDTH + q * STRIDE_W + reach_w % STRIDE_W;
            const row = (AROUND_D - 1u - reach_d / STRIDE_D) * ROWS + r + AROUND_H - 1u - reach_h / STRIDE_H;
            let window = windows[row * COLUMNS + q + AROUND_W - 1u - reach_w / STRIDE_W];
            states[cell] = with_loaded(states[cell], window, positions[cell]);
          }
        }
      }
    }
  }
  // @unroll
  for (var t = 0u; t < STRIDE_D; t++) {
    // @unroll
    for (var r = 0u; r < HEIGHT; r++) {
      // @unroll
      for (var s = 0u; s < WIDTH; s++) {
        let inside = (at.cell.x + t < output.depth) & (at.cell.y + r < output.height) & (at.cell.z + s < output.width);
        if (EVEN | inside) {
          const cell = (t * HEIGHT + r) * WIDTH + s;
          write(at.to + positions[cell] * at.pixel, states[cell]);
        }
      }
    }
  }
}
