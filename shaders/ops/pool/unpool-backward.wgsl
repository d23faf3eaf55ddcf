// The gradient of max unpooling: a value gets that of the cell at its index, unless a later window put its value there. Here the pooled map
// is the input.
struct Rule { unused: u32 }

@group(0) @binding(1) var<storage, read> dy: array<E>;
@group(0) @binding(2) var<storage, read> indices: array<f32>;
@group(0) @binding(3) var<storage, read_write> dx: array<E>;

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
  let o = element_at(index, g.input);
  let position = indices[index];
  // Whatever is no position becomes one that no index equals.
  let at = min(u32(max(position, 0.0)), g.output.depth * g.output.height * g.output.width - 1u);
  let row = divided(at, g.output.width);
  let slice = divided(row.quotient, g.output.height);
  let cell = vec3u(slice.quotient, slice.rest, row.rest);
  let along_d = around_depth(cell.x);
  let along_h = around_height(cell.y);
  let along_w = around_width(cell.z);
  let pixel = select(1u, g.input.channels, CHANNELS_LAST);
  let plane = place_of(Element(o.n, o.c, 0u, 0u, 0u), g.input);
  var winner = 0xffffffffu;
  for (var d = along_d.begin; d < along_d.end; d++) {
    for (var h = along_h.begin; h < along_h.end; h++) {
      for (var w = along_w.begin; w < along_w.end; w++) {
        let pooled = plane + ((d * g.input.height + h) * g.input.width + w) * pixel;
        let puts = indices[pooled] == f32(at) && has_cell(vec3u(d, h, w), cell);
        winner = select(winner, pooled, puts);
      }
    }
  }
  let source = place_of(Element(o.n, o.c, cell.x, cell.y, cell.z), g.output);
  dx[index] = E(select(0.0, f32(dy[source]), winner == index));
}
