// Samples a map at moved positions. An invocation computes RUN channels at one position.
// slots: cell_stride, column_offset, column_place, corner_of, mask_of, plane_start, position_of, sample_of
// constants: CHANNELS_LAST, RUN
// types: Deform, E
@group(0) @binding(0) var<uniform> g: Deform;
@group(0) @binding(1) var<storage, read> x: array<E>;
@group(0) @binding(2) var<storage, read> offset: array<E>;
@group(0) @binding(3) var<storage, read_write> columns: array<E>;

fn thread(index: u32) {
  let samples = g.kernel_r * g.kernel_s * g.band_cells;
  let runs = (g.offset_c + RUN - 1u) / RUN;
  // Neighbouring invocations process neighbouring cells, or with CHANNELS_LAST neighbouring channels.
  let run = select(index / samples, index, CHANNELS_LAST) % runs;
  let segment = index / samples / runs;
  let at = select(index % samples, index / runs % samples, CHANNELS_LAST);
  let sample = sample_of(segment, at, g);
  let position = position_of(sample, g);
  let factor = mask_of(sample, g);
  let c00 = corner_of(position, 0, 0, g);
  let c01 = corner_of(position, 0, 1, g);
  let c10 = corner_of(position, 1, 0, g);
  let c11 = corner_of(position, 1, 1, g);
  let y = position.along_y;
  let u = position.along_x;
  // With CHANNELS_LAST neighbouring invocations interleave their channels, so that they load neighbouring elements.
  let first = sample.offset_group * g.offset_c + select(run * RUN, run, CHANNELS_LAST);
  let stride = select(1u, runs, CHANNELS_LAST);
  let end = min(first + RUN * stride, (sample.offset_group + 1u) * g.offset_c);
  let step = cell_stride(g);
  let to = column_offset(sample.tap, sample.band_cell, g);
  for (var channel = first; channel < end; channel += stride) {
    let plane = plane_start(sample.n, channel, g);
    // Corners beyond the border are dropped, not multiplied by 0: the value loaded in their place may be infinite.
    let top = select(0.0, f32(x[plane + c00.place * step]), c00.inside) * (1.0 - u)
      + select(0.0, f32(x[plane + c01.place * step]), c01.inside) * u;
    let bottom = select(0.0, f32(x[plane + c10.place * step]), c10.inside) * (1.0 - u)
      + select(0.0, f32(x[plane + c11.place * step]), c11.inside) * u;
    columns[column_place(sample.band_n, channel, g) + to] = E(factor * (top * (1.0 - y) + bottom * y));
  }
}
