// Copies a slice along an axis, item by item, out of a tensor or into one: rows of `row` items, which begin `from_row` apart from
// `from_start` on, and `to_row` apart from `to_start` on.
struct Slice { count: u32, row: u32, from_start: u32, from_row: u32, to_start: u32, to_row: u32 }

@group(0) @binding(0) var<uniform> g: Slice;
@group(0) @binding(1) var<storage, read> x: array<V>;
@group(0) @binding(2) var<storage, read_write> y: array<V>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let index = thread_index(workgroup, grid, local);
  if (index >= g.count) {
    return;
  }
  let row = index / g.row;
  let at = index - row * g.row;
  y[g.to_start + row * g.to_row + at] = x[g.from_start + row * g.from_row + at];
}
