// Notes whether the index of some window is no cell of it. `first` is its first cell: negative, which wraps, in the padding.
// constants: DILATION_D, DILATION_H, DILATION_W, EVEN, KERNEL_D, KERNEL_H, KERNEL_W, STRIDE_D, STRIDE_H, STRIDE_W
// types: VB, VU, Window
@group(0) @binding(4) var<storage, read_write> heads: array<atomic<u32>>;

// Every window lies inside the map: it does not overlap the next one.
const WITHIN = EVEN && (KERNEL_D - 1u) * DILATION_D < STRIDE_D && (KERNEL_H - 1u) * DILATION_H < STRIDE_H
  && (KERNEL_W - 1u) * DILATION_W < STRIDE_W;

fn note(window: Window, first: vec3u, inside: bool) {
  var is_own = VB(!inside);
  // @unroll
  for (var i = 0u; i < KERNEL_D * KERNEL_H; i++) {
    let d = first.x + i / KERNEL_H * DILATION_D;
    let h = first.y + i % KERNEL_H * DILATION_H;
    let row = (d * g.output.height + h) * g.output.width + first.z;
    let row_inside = (d < g.output.depth) & (h < g.output.height);
    // @unroll
    for (var s = 0u; s < KERNEL_W; s++) {
      let cell_inside = WITHIN | (row_inside & (first.z + s * DILATION_W < g.output.width));
      is_own |= VB(cell_inside) & (window.index == VU(row + s * DILATION_W));
    }
  }
  if (!all(is_own)) {
    atomicStore(&heads[0], 1u);
  }
}
