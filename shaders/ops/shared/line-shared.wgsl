// THREADS neighbouring invocations of a workgroup have a line, each every THREADS-th element of it. All invocations of the workgroup call
// the functions that put the parts of a line together.
// slots: lanes_most, lanes_sum, part_of, thread_index
// constants: THREADS, WORKGROUP_SIZE
// types: L, Norm, W
var<workgroup> mosts: array<W, WORKGROUP_SIZE>;
var<workgroup> sums: array<W, WORKGROUP_SIZE>;

fn line_of(workgroup: vec3u, grid: vec3u, local: u32) -> u32 {
  return thread_index(workgroup, grid, local) / THREADS;
}

fn first_of(local: u32) -> u32 {
  return local % THREADS;
}

// By the largest of all parts each is taken once.
fn whole_norm(norm: Norm, local: u32) -> Norm {
  mosts[local] = lanes_most(norm.most);
  workgroupBarrier();
  let start = local - local % THREADS;
  var most = mosts[start];
  for (var part = 1u; part < THREADS; part++) {
    most = max(most, mosts[start + part]);
  }
  return Norm(L(most), whole_sum(part_of(norm, L(most)), local));
}

fn whole_sum(sum: L, local: u32) -> L {
  // Those of a call before may still be read.
  workgroupBarrier();
  sums[local] = lanes_sum(sum);
  workgroupBarrier();
  let start = local - local % THREADS;
  var whole = sums[start];
  for (var part = 1u; part < THREADS; part++) {
    whole += sums[start + part];
  }
  return L(whole);
}
