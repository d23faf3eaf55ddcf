// One pass of a counting sort of the samples of each segment: by columns, or BY_ROW by rows, each invocation with CHUNK samples in their order.
// constants: BY_ROW
struct Sort { threads: u32, samples: u32, chunks: u32, buckets: u32, columns: u32 }

fn bucket_of(key: u32, g: Sort) -> u32 {
  return select(key % g.columns, key / g.columns, BY_ROW);
}

// Where the count of a bucket lies: [segment, bucket, chunk], the order in which samples come to lie.
fn count_place(segment: u32, bucket: u32, chunk: u32, g: Sort) -> u32 {
  return (segment * g.buckets + bucket) * g.chunks + chunk;
}
