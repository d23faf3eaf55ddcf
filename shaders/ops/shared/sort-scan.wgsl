// An exclusive prefix sum over the counts of each segment, in place, by one workgroup (Blelloch, Prefix Sums and Their Applications, 1990):
// each invocation sums a stretch, then adds the sums of the stretches before it.
// constants: WORKGROUP_SIZE
struct Scan { segments: u32, counts: u32 }

@group(0) @binding(0) var<uniform> g: Scan;
@group(0) @binding(1) var<storage, read_write> counts: array<u32>;

var<workgroup> sums: array<u32, WORKGROUP_SIZE>;

fn workgroup_thread(segment: u32, local: u32) {
  if (segment >= g.segments) {
    return;
  }
  let length = (g.counts + WORKGROUP_SIZE - 1u) / WORKGROUP_SIZE;
  let first = segment * g.counts + min(local * length, g.counts);
  let end = segment * g.counts + min((local + 1u) * length, g.counts);
  var own = 0u;
  for (var i = first; i < end; i++) {
    own += counts[i];
  }
  sums[local] = own;
  workgroupBarrier();
  var before = 0u;
  for (var i = 0u; i < local; i++) {
    before += sums[i];
  }
  for (var i = first; i < end; i++) {
    let count = counts[i];
    counts[i] = before;
    before += count;
  }
}
