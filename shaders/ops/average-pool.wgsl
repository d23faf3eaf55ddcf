// The mean or the sum of each window: an invocation adds up one.
struct Pool { input: Map, output: Map, @size(64) windows: Windows, elements: u32 }

@group(0) @binding(0) var<uniform> g: Pool;
@group(0) @binding(1) var<storage, read> x: array<E>;
@group(0) @binding(2) var<storage, read_write> y: array<E>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let index = thread_index(workgroup, grid, local);
  if (index >= g.elements) {
    return;
  }
  let o = element_at(index, g.output);
  let d0 = start_of(o.d, g.windows.stride_d, g.windows.begin_d);
  let h0 = start_of(o.h, g.windows.stride_h, g.windows.begin_h);
  let w0 = start_of(o.w, g.windows.stride_w, g.windows.begin_w);
  let along_d = taps_inside(d0, g.windows.kernel_d, g.windows.dilation_d, g.input.depth);
  let along_h = taps_inside(h0, g.windows.kernel_h, g.windows.dilation_h, g.input.height);
  let along_w = taps_inside(w0, g.windows.kernel_w, g.windows.dilation_w, g.input.width);
  var sum = 0.0;
  for (var t = along_d.begin; t < along_d.end; t++) {
    let d = u32(d0 + i32(t * g.windows.dilation_d));
    for (var r = along_h.begin; r < along_h.end; r++) {
      let h = u32(h0 + i32(r * g.windows.dilation_h));
      for (var s = along_w.begin; s < along_w.end; s++) {
        let w = u32(w0 + i32(s * g.windows.dilation_w));
        sum += f32(x[place_of(Element(o.n, o.c, d, h, w), g.input)]);
      }
    }
  }
  y[index] = E(sum / divisor_of(o.d, o.h, o.w, g.windows, g.input));
}
