// Counts become places: each is replaced by the sum of those before it, a workgroup for each segment (Blelloch, Prefix Sums and Their
// Applications, 1990): every invocation adds up a stretch, the workgroup those sums.
// constants: WORKGROUP_SIZE
struct Scan { segments: u32, counts: u32 }

@group(0) @binding(0) var<uniform> g: Scan;
@group(0) @binding(1) var<storage, read_write> counts: array<u32>;

var<workgroup> sums: array<u32, WORKGROUP_SIZE>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let segment = workgroup.y * grid.x + workgroup.x;
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
