// Prepares sorted samples for deform-gather.wgsl: the offset of their gradient within a channel, their distances past their cell, and their
// mask; and the start of the samples of each cell. An invocation processes one sample, and the cells after that of the previous sample.
// slots: column_offset, mask_of, position_of, sample_of
// types: Deform, E
@group(0) @binding(0) var<uniform> g: Deform;
@group(0) @binding(1) var<storage, read> offset: array<E>;
@group(0) @binding(2) var<storage, read_write> keys: array<u32>;
@group(0) @binding(3) var<storage, read_write> order: array<u32>;
@group(0) @binding(4) var<storage, read_write> starts: array<u32>;
@group(0) @binding(5) var<storage, read_write> entries: array<vec4u>;

fn thread(index: u32) {
  let samples = g.kernel_r * g.kernel_s * g.band_cells;
  let cells = (g.input_h + 2u) * (g.input_w + 2u);
  let segment = index / (samples + 1u);
  let rank = index - segment * (samples + 1u);
  let start = segment * samples;
  var cell = 0u;
  if (rank > 0u) {
    cell = keys[start + order[start + rank - 1u]] + 1u;
  }
  var end = cells + 1u;
  if (rank < samples) {
    let own = order[start + rank];
    end = keys[start + own] + 1u;
    let sample = sample_of(segment, own, g);
    let at = position_of(sample, g);
    let along = bitcast<vec3u>(vec3f(at.along_y, at.along_x, mask_of(sample, g)));
    entries[start + rank] = vec4u(column_offset(sample.tap, sample.band_cell, g), along);
  }
  for (; cell < end; cell++) {
    starts[segment * (cells + 1u) + cell] = rank;
  }
}
