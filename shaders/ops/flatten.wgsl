// The elements of a feature map in rows [n, c * cells], or BACK from them: an invocation copies one element of the result.
struct Flatten { map: Map, elements: u32 }

@group(0) @binding(0) var<uniform> g: Flatten;
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
  // Channels first the rows are the memory of the map.
  if (!CHANNELS_LAST) {
    y[index] = x[index];
    return;
  }
  let cells = g.map.depth * g.map.height * g.map.width;
  let inner = select(cells, g.map.channels, BACK);
  let outer = index / inner;
  let image = outer / (g.map.channels * cells / inner);
  let row = outer - image * (g.map.channels * cells / inner);
  y[index] = x[(image * inner + index - outer * inner) * (g.map.channels * cells / inner) + row];
}
