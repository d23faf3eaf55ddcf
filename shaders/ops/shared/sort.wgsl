// One pass of a counting sort of the samples of each segment, by one digit of their keys. An invocation processes a chunk
// of consecutive samples.
struct Sort { threads: u32, samples: u32, chunk: u32, chunks: u32, buckets: u32, divisor: u32 }

fn bucket_of(key: u32, g: Sort) -> u32 {
  return key / g.divisor % g.buckets;
}

// The index of a bucket's count: [segment, bucket, chunk], the order of the sorted samples.
fn count_place(segment: u32, bucket: u32, chunk: u32, g: Sort) -> u32 {
  return (segment * g.buckets + bucket) * g.chunks + chunk;
}
