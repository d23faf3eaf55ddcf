// One pass of a counting sort of the samples of each segment: by columns, or with BY_ROW by rows. An invocation processes CHUNK consecutive
// samples.
// constants: BY_ROW
struct Sort { threads: u32, samples: u32, chunks: u32, buckets: u32, columns: u32 }

fn bucket_of(key: u32, g: Sort) -> u32 {
  return select(key % g.columns, key / g.columns, BY_ROW);
}

// The index of a bucket's count: [segment, bucket, chunk], the order of the sorted samples.
fn count_place(segment: u32, bucket: u32, chunk: u32, g: Sort) -> u32 {
  return (segment * g.buckets + bucket) * g.chunks + chunk;
}
