// A workgroup has a line, and its invocations every THREADS-th element. All of them call the functions that put their parts together, in
// a tree.
var<workgroup> norms: array<Norm, THREADS>;
var<workgroup> sums: array<L, THREADS>;

fn line_of(workgroup: vec3u, grid: vec3u, local: u32) -> u32 {
  return workgroup.y * grid.x + workgroup.x;
}

fn first_of(local: u32) -> u32 {
  return local;
}

fn whole_norm(norm: Norm, local: u32) -> Norm {
  workgroupBarrier();
  norms[local] = norm;
  for (var width = THREADS / 2u; width > 0u; width /= 2u) {
    workgroupBarrier();
    if (local < width) {
      norms[local] = merged(norms[local], norms[local + width]);
    }
  }
  workgroupBarrier();
  return norms[0];
}

fn whole_sum(sum: L, local: u32) -> L {
  workgroupBarrier();
  sums[local] = sum;
  for (var width = THREADS / 2u; width > 0u; width /= 2u) {
    workgroupBarrier();
    if (local < width) {
      sums[local] += sums[local + width];
    }
  }
  workgroupBarrier();
  return sums[0];
}
