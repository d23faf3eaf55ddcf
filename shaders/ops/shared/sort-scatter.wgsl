// Writes the samples of a chunk to the places of their buckets, in order.
// slots: bucket_of, count_place
// types: Sort
@group(0) @binding(0) var<uniform> g: Sort;
@group(0) @binding(1) var<storage, read_write> keys: array<u32>;
@group(0) @binding(2) var<storage, read_write> order: array<u32>;
@group(0) @binding(3) var<storage, read_write> places: array<u32>;
@group(0) @binding(4) var<storage, read_write> sorted: array<u32>;

fn thread(index: u32) {
  let segment = index / g.chunks;
  let chunk = index - segment * g.chunks;
  let start = segment * g.samples;
  for (var i = chunk * g.chunk; i < min((chunk + 1u) * g.chunk, g.samples); i++) {
    let sample = order[start + i];
    let place = count_place(segment, bucket_of(keys[start + sample], g), chunk, g);
    sorted[start + places[place]] = sample;
    places[place] += 1u;
  }
}
