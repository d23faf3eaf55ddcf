// The sort keys of samples: the row and the column at or before them, both counted from -1; and their order before sorting.
// slots: position_of, sample_of
// types: Deform, E
@group(0) @binding(0) var<uniform> g: Deform;
@group(0) @binding(1) var<storage, read> offset: array<E>;
@group(0) @binding(2) var<storage, read_write> keys: array<u32>;
@group(0) @binding(3) var<storage, read_write> order: array<u32>;

fn thread(index: u32) {
  let samples = g.kernel_r * g.kernel_s * g.band_cells;
  let segment = index / samples;
  let own = index - segment * samples;
  let sample = sample_of(segment, own, g);
  let at = position_of(sample, g);
  // Samples without a corner on the map get the last key.
  let row = u32(at.y + 1);
  let column = u32(at.x + 1);
  let outside = (at.y < -1) | (at.x < -1) | (row > g.input_h) | (column > g.input_w);
  let key = row * (g.input_w + 2u) + column;
  keys[index] = select(key, (g.input_h + 2u) * (g.input_w + 2u) - 1u, outside);
  order[index] = own;
}
