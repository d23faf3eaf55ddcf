// The transpose of reduce-weights.wgsl: each cell is the sum of the windows that contain it times its weights in them. Invocations compute
// blocks as in backward-blocks.wgsl, and sum along the width first.
// slots: block_at, weights_d, weights_h, weights_w
// constants: AROUND_D, AROUND_H, AROUND_W, COLUMNS, EVEN, KERNEL_D, KERNEL_H, KERNEL_W, ROWS, RUN_H, RUN_W, STRIDE_D, STRIDE_H, STRIDE_W
// types: E, V
@group(0) @binding(1) var<storage, read> x: array<E>;
@group(0) @binding(2) var<storage, read_write> y: array<E>;

// Cells of the tile along each axis.
const HEIGHT = RUN_H * STRIDE_H;
const WIDTH = RUN_W * STRIDE_W;

fn thread(index: u32) {
  let at = block_at(index);
  // Loaded before the stores, behind which SwiftShader loads uniforms again.
  let output = g.output;
  // For each row of windows, its weighted sums for one row of cells.
  var rows: array<V, AROUND_D * ROWS * WIDTH>;
  var columns: array<u32, COLUMNS>;
  var column_inside: array<bool, COLUMNS>;
  var along_w: array<array<f32, KERNEL_W>, COLUMNS>;
  // Windows before the first one wrap around and so fail the comparison.
  // @unroll
  for (var k = 0u; k < COLUMNS; k++) {
    let w = at.window.z + k - (AROUND_W - 1u);
    columns[k] = w * at.pixel;
    column_inside[k] = w < g.input.width;
    along_w[k] = weights_w(w, g.input.width);
  }
  // @unroll
  for (var i = 0u; i < AROUND_D; i++) {
    let d = at.window.x + i - (AROUND_D - 1u);
    // @unroll
    for (var j = 0u; j < ROWS; j++) {
      let h = at.window.y + j - (AROUND_H - 1u);
      let row_inside = (d < g.input.depth) & (h < g.input.height);
      let row_offset = (d * g.input.height + h) * g.input.width * at.pixel;
      var values: array<V, COLUMNS>;
      // @unroll
      for (var k = 0u; k < COLUMNS; k++) {
        let inside = row_inside & column_inside[k];
        values[k] = select(V(0.0), V(x[at.plane + select(0u, row_offset + columns[k], inside)]), inside);
      }
      // @unroll
      for (var s = 0u; s < KERNEL_W; s++) {
        // @unroll
        for (var q = 0u; q < RUN_W; q++) {
          const k = q + AROUND_W - 1u - s / STRIDE_W;
          rows[(i * ROWS + j) * WIDTH + q * STRIDE_W + s % STRIDE_W] += along_w[k][s] * values[k];
        }
      }
    }
  }
  var along_d: array<array<f32, KERNEL_D>, AROUND_D>;
  // @unroll
  for (var i = 0u; i < AROUND_D; i++) {
    let d = at.window.x + i - (AROUND_D - 1u);
    along_d[i] = weights_d(d, g.input.depth);
  }
  var along_h: array<array<f32, KERNEL_H>, ROWS>;
  // @unroll
  for (var j = 0u; j < ROWS; j++) {
    let h = at.window.y + j - (AROUND_H - 1u);
    along_h[j] = weights_h(h, g.input.height);
  }
  // The weighted sums of these rows are the cells.
  var sums: array<V, STRIDE_D * HEIGHT * WIDTH>;
  // @unroll
  for (var t = 0u; t < KERNEL_D; t++) {
    const i = AROUND_D - 1u - t / STRIDE_D;
    // @unroll
    for (var u = 0u; u < KERNEL_H; u++) {
      // @unroll
      for (var r = 0u; r < RUN_H; r++) {
        const j = r + AROUND_H - 1u - u / STRIDE_H;
        let weight = along_d[i][t] * along_h[j][u];
        // @unroll
        for (var s = 0u; s < WIDTH; s++) {
          const cell = (t % STRIDE_D * HEIGHT + r * STRIDE_H + u % STRIDE_H) * WIDTH + s;
          sums[cell] += weight * rows[(i * ROWS + j) * WIDTH + s];
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
        let d = at.cell.x + t;
        let h = at.cell.y + r;
        let w = at.cell.z + s;
        if (EVEN | ((d < output.depth) & (h < output.height) & (w < output.width))) {
          y[at.to + ((d * output.height + h) * output.width + w) * at.pixel] = E(sums[(t * HEIGHT + r) * WIDTH + s]);
        }
      }
    }
  }
}
