// Counts the samples of a chunk for each bucket.
// slots: bucket_of, count_place
// types: Sort
@group(0) @binding(0) var<uniform> g: Sort;
@group(0) @binding(1) var<storage, read_write> keys: array<u32>;
@group(0) @binding(2) var<storage, read_write> order: array<u32>;
@group(0) @binding(3) var<storage, read_write> counts: array<u32>;

fn thread(index: u32) {
  let segment = index / g.chunks;
  let chunk = index - segment * g.chunks;
  for (var bucket = 0u; bucket < g.buckets; bucket++) {
    counts[count_place(segment, bucket, chunk, g)] = 0u;
  }
  let start = segment * g.samples;
  for (var i = chunk * g.chunk; i < min((chunk + 1u) * g.chunk, g.samples); i++) {
    let bucket = bucket_of(keys[start + order[start + i]], g);
    counts[count_place(segment, bucket, chunk, g)] += 1u;
  }
}
