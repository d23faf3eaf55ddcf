// Prepares sorted samples for deform-gather.wgsl: the offset of their gradient within a channel, their distances past their cell, and their mask.
// slots: column_offset, mask_of, position_of, sample_of
// types: Deform, E
@group(0) @binding(0) var<uniform> g: Deform;
@group(0) @binding(1) var<storage, read> offset: array<E>;
@group(0) @binding(2) var<storage, read_write> order: array<u32>;
@group(0) @binding(3) var<storage, read_write> entries: array<vec4u>;

fn thread(index: u32) {
  let segment = index / (g.kernel_r * g.kernel_s * g.band_cells);
  let sample = sample_of(segment, order[index], g);
  let at = position_of(sample, g);
  let along = bitcast<vec3u>(vec3f(at.along_y, at.along_x, mask_of(sample, g)));
  entries[index] = vec4u(column_offset(sample.tap, sample.band_cell, g), along);
}
