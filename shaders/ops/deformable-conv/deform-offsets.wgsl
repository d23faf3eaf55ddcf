// The gradients of the offset and the mask of a sample: sums over its four corners in all channels of its offset group.
// slots: cell_stride, column_offset, column_place, corner_of, mask_of, offset_place, plane_start, position_of, sample_of, store_dmask
// types: Deform, E
@group(0) @binding(0) var<uniform> g: Deform;
@group(0) @binding(1) var<storage, read> x: array<E>;
@group(0) @binding(2) var<storage, read> offset: array<E>;
@group(0) @binding(3) var<storage, read> dcolumns: array<E>;
@group(0) @binding(4) var<storage, read_write> doffset: array<E>;

fn thread(index: u32) {
  let samples = g.kernel_r * g.kernel_s * g.band_cells;
  let segment = index / samples;
  let sample = sample_of(segment, index - segment * samples, g);
  let position = position_of(sample, g);
  let c00 = corner_of(position, 0, 0, g);
  let c01 = corner_of(position, 0, 1, g);
  let c10 = corner_of(position, 1, 0, g);
  let c11 = corner_of(position, 1, 1, g);
  let step = cell_stride(g);
  let own = column_offset(sample.tap, sample.band_cell, g);
  var corners = vec4f();
  for (var i = 0u; i < g.offset_c; i++) {
    let channel = sample.offset_group * g.offset_c + i;
    let plane = plane_start(sample.n, channel, g);
    let gradient = f32(dcolumns[column_place(sample.band_n, channel, g) + own]);
    let values = vec4f(
      f32(x[plane + c00.place * step]), f32(x[plane + c01.place * step]),
      f32(x[plane + c10.place * step]), f32(x[plane + c11.place * step]),
    );
    corners += gradient * select(vec4f(), values, vec4<bool>(c00.inside, c01.inside, c10.inside, c11.inside));
  }
  let y = position.along_y;
  let u = position.along_x;
  let factor = mask_of(sample, g);
  let top = corners.x * (1.0 - u) + corners.y * u;
  let bottom = corners.z * (1.0 - u) + corners.w * u;
  let left = corners.x * (1.0 - y) + corners.z * y;
  let right = corners.y * (1.0 - y) + corners.w * y;
  doffset[offset_place(sample, 2u, 0u, g)] = E(factor * (bottom - top));
  doffset[offset_place(sample, 2u, 1u, g)] = E(factor * (right - left));
  store_dmask(sample, top * (1.0 - y) + bottom * y, g);
}
