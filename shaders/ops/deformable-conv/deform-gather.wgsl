// The gradient of a cell in RUN channels: the sum over all samples of the band with this cell as a corner, row by row, in sorted order. With ADD
// it is added to that of the bands before.
// slots: cell_stride, column_place, plane_start
// constants: ADD, CHANNELS_LAST, RUN
// types: Deform, E
@group(0) @binding(0) var<uniform> g: Deform;
@group(0) @binding(1) var<storage, read> dcolumns: array<E>;
@group(0) @binding(2) var<storage, read> starts: array<u32>;
@group(0) @binding(3) var<storage, read> entries: array<vec4u>;
@group(0) @binding(4) var<storage, read_write> dx: array<E>;

fn thread(index: u32) {
  let area = g.input_h * g.input_w;
  let runs = (g.offset_c + RUN - 1u) / RUN;
  let run = select(index / area, index, CHANNELS_LAST) % runs;
  let all_runs = runs * g.offset_groups;
  let offset_group = select(index / area, index, CHANNELS_LAST) / runs % g.offset_groups;
  let n = index / area / all_runs;
  let cell = select(index % area, index / all_runs % area, CHANNELS_LAST);
  let y = cell / g.input_w;
  let x = cell - y * g.input_w;
  let samples = g.kernel_r * g.kernel_s * g.band_cells;
  let columns = g.input_w + 2u;
  let segment = n * g.offset_groups + offset_group;
  let own = segment * ((g.input_h + 2u) * columns + 1u);
  // With CHANNELS_LAST neighbouring invocations interleave their channels, so that they load neighbouring elements.
  let first = offset_group * g.offset_c + select(run * RUN, run, CHANNELS_LAST);
  let stride = select(1u, runs, CHANNELS_LAST);
  let end = (offset_group + 1u) * g.offset_c;
  var channel: array<u32, RUN>;
  // Channels past the last repeat the last one and are not stored.
  // @unroll
  for (var i = 0u; i < RUN; i++) {
    channel[i] = column_place(n, min(first + i * stride, end - 1u), g);
  }
  var sums: array<f32, RUN>;
  for (var row = 0u; row < 2u; row++) {
    // Rows and columns are counted from -1: the row before has index y.
    let line = own + (y + row) * columns + x;
    let middle = starts[line + 1u];
    let end = starts[line + 2u];
    for (var at = starts[line]; at < end; at++) {
      let entry = entries[segment * samples + at];
      let along = bitcast<vec3f>(entry.yzw);
      let down = select(along.x, 1.0 - along.x, row == 1u);
      let factor = along.z * down * select(1.0 - along.y, along.y, at < middle);
      // @unroll
      for (var i = 0u; i < RUN; i++) {
        sums[i] += factor * f32(dcolumns[channel[i] + entry.x]);
      }
    }
  }
  let place = cell * cell_stride(g);
  // @unroll
  for (var i = 0u; i < RUN; i++) {
    let own = first + i * stride;
    if (own < end) {
      let at = plane_start(g.band_image + n, own, g) + place;
      dx[at] = E(select(sums[i], sums[i] + f32(dx[at]), ADD));
    }
  }
}
