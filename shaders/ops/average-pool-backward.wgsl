// The gradient of the mean or the sum of each window: an invocation gathers what a cell of the input has from all windows that have it.
struct Pool { input: Map, output: Map, @size(64) windows: Windows, elements: u32 }

@group(0) @binding(0) var<uniform> g: Pool;
@group(0) @binding(1) var<storage, read> dy: array<E>;
@group(0) @binding(2) var<storage, read_write> dx: array<E>;

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
  let i = element_at(index, g.input);
  let v = g.windows;
  let along_d = windows_around(i.d, v.kernel_d, v.stride_d, v.dilation_d, v.begin_d, g.output.depth);
  let along_h = windows_around(i.h, v.kernel_h, v.stride_h, v.dilation_h, v.begin_h, g.output.height);
  let along_w = windows_around(i.w, v.kernel_w, v.stride_w, v.dilation_w, v.begin_w, g.output.width);
  var sum = 0.0;
  for (var d = along_d.begin; d < along_d.end; d++) {
    let in_d = is_tap(i.d, d, v.stride_d, v.dilation_d, v.begin_d);
    for (var h = along_h.begin; h < along_h.end; h++) {
      let in_h = in_d && is_tap(i.h, h, v.stride_h, v.dilation_h, v.begin_h);
      for (var w = along_w.begin; w < along_w.end; w++) {
        let inside = in_h && is_tap(i.w, w, v.stride_w, v.dilation_w, v.begin_w);
        let gradient = f32(dy[place_of(Element(i.n, i.c, d, h, w), g.output)]);
        sum += select(0.0, gradient / divisor_of(d, h, w, v, g.input), inside);
      }
    }
  }
  dx[index] = E(sum);
}
