// The transpose of reduce-weights.wgsl: each cell is the sum of the windows that contain it times its weights in them. Invocations compute
// blocks as in backward-blocks.wgsl, and sum along the width first.
// slots: block_at, weights_d, weights_h, weights_w
// constants: AROUND_D, AROUND_H, AROUND_W, EVEN, KERNEL_D, KERNEL_H, KERNEL_W, ROWS, RUN, STRIDE_D, STRIDE_H, STRIDE_W
// types: E, V
@group(0) @binding(1) var<storage, read> x: array<E>;
@group(0) @binding(2) var<storage, read_write> y: array<E>;

fn thread(index: u32) {
  let at = block_at(index);
  // For each row of windows, its weighted sums for one row of cells.
  var rows: array<V, AROUND_D * ROWS * STRIDE_W>;
  var columns: array<u32, AROUND_W>;
  var column_inside: array<bool, AROUND_W>;
  var along_w: array<array<f32, KERNEL_W>, AROUND_W>;
  // Windows before the first one wrap around and so fail the comparison.
  // @unroll
  for (var k = 0u; k < AROUND_W; k++) {
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
      var values: array<V, AROUND_W>;
      // @unroll
      for (var k = 0u; k < AROUND_W; k++) {
        let inside = row_inside & column_inside[k];
        values[k] = select(V(0.0), V(x[at.plane + select(0u, row_offset + columns[k], inside)]), inside);
      }
      // @unroll
      for (var s = 0u; s < KERNEL_W; s++) {
        rows[(i * ROWS + j) * STRIDE_W + s % STRIDE_W] +=
          along_w[AROUND_W - 1u - s / STRIDE_W][s]
          * values[AROUND_W - 1u - s / STRIDE_W];
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
  var sums: array<V, STRIDE_D * RUN * STRIDE_H * STRIDE_W>;
  // @unroll
  for (var t = 0u; t < KERNEL_D; t++) {
    const i = AROUND_D - 1u - t / STRIDE_D;
    // @unroll
    for (var u = 0u; u < KERNEL_H; u++) {
      // @unroll
      for (var r = 0u; r < RUN; r++) {
        const j = r + AROUND_H - 1u - u / STRIDE_H;
        let weight = along_d[i][t] * along_h[j][u];
        // @unroll
        for (var s = 0u; s < STRIDE_W; s++) {
          const cell = ((t % STRIDE_D * RUN + r) * STRIDE_H + u % STRIDE_H) * STRIDE_W + s;
          sums[cell] += weight * rows[(i * ROWS + j) * STRIDE_W + s];
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
        let d = at.cell.x + t;
        let h = at.cell.y + r;
        let w = at.cell.z + s;
        if (EVEN | ((d < g.output.depth) & (h < g.output.height) & (w < g.output.width))) {
          y[at.to + ((d * g.output.height + h) * g.output.width + w) * at.pixel] = E(sums[(t * RUN * STRIDE_H + r) * STRIDE_W + s]);
        }
      }
    }
  }
}
