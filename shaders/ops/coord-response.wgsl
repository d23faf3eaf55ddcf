// The convolution of the coordinates, the same for every image: an invocation computes RUN channels of a cell and writes them to all images.
// y and added come from coord-residual.wgsl or no-coord-residual.wgsl.
struct Response { seen: Coordinates, threads: u32 }

@group(0) @binding(0) var<uniform> g: Response;
@group(0) @binding(1) var<storage, read> w: array<E>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let index = thread_index(workgroup, grid, local);
  if (index >= g.threads) {
    return;
  }
  let a = g.seen;
  let runs = (a.output.channels + RUN - 1u) / RUN;
  let cells = a.output.depth * a.output.height * a.output.width;
  let first = select(index / cells, index % runs, CHANNELS_LAST) * RUN;
  let cell = select(index % cells, index / runs, CHANNELS_LAST);
  let row = cell / a.output.width;
  let d = row / a.output.height;
  let taps = a.kernel_d * a.kernel_h * a.kernel_w;
  var sums: array<f32, RUN>;
  var tap = 0u;
  for (var t = 0u; t < a.kernel_d; t++) {
    for (var r = 0u; r < a.kernel_h; r++) {
      for (var s = 0u; s < a.kernel_w; s++) {
        let seen = coordinates_seen(d, row - d * a.output.height, cell - row * a.output.width, vec3u(t, r, s), a);
        for (var c = 0u; c < a.channels; c++) {
          let channel = a.input.channels - a.channels + c;
          // @unroll
          for (var i = 0u; i < RUN; i++) {
            let k = min(first + i, a.output.channels - 1u);
            let at = select((k * a.input.channels + channel) * taps + tap, (tap * a.input.channels + channel) * a.output.channels + k, CHANNELS_LAST);
            sums[i] += seen[c] * f32(w[at]);
          }
        }
        tap++;
      }
    }
  }
  for (var n = 0u; n < a.batch; n++) {
    // @unroll
    for (var i = 0u; i < RUN; i++) {
      let k = first + i;
      if (k < a.output.channels) {
        let at = select((n * a.output.channels + k) * cells + cell, (n * cells + cell) * a.output.channels + k, CHANNELS_LAST);
        y[at] = E(sums[i] + added(at));
      }
    }
  }
}
