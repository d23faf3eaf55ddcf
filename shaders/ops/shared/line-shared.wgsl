// THREADS neighbouring invocations of a workgroup share a line: each takes every THREADS-th element. All invocations of the workgroup must
// call the functions that combine the partial results of a line.
// slots: lanes_kind, lanes_max, lanes_sum, rescaled_sum
// constants: THREADS, WORKGROUP_SIZE
// types: K, L, Norm, U, W
var<workgroup> maxima: array<W, WORKGROUP_SIZE>;
var<workgroup> kinds: array<K, WORKGROUP_SIZE>;
var<workgroup> sums: array<W, WORKGROUP_SIZE>;

fn line_of(workgroup: u32, local: u32) -> u32 {
  return (workgroup * WORKGROUP_SIZE + local) / THREADS;
}

fn first_of(local: u32) -> u32 {
  return local % THREADS;
}

// Each partial sum is rescaled once, to the largest element of the whole line.
fn line_norm(norm: Norm, local: u32) -> Norm {
  maxima[local] = lanes_max(norm.largest);
  kinds[local] = lanes_kind(norm.kind);
  workgroupBarrier();
  let start = local - local % THREADS;
  var largest = maxima[start];
  var kind = kinds[start];
  for (var other = 1u; other < THREADS; other++) {
    largest = max(largest, maxima[start + other]);
    kind = max(kind, kinds[start + other]);
  }
  return Norm(L(largest), line_sum(rescaled_sum(norm, L(largest)), local), U(kind));
}

fn line_sum(sum: L, local: u32) -> L {
  // Sums of an earlier call may still be read.
  workgroupBarrier();
  sums[local] = lanes_sum(sum);
  workgroupBarrier();
  let start = local - local % THREADS;
  var whole = sums[start];
  for (var other = 1u; other < THREADS; other++) {
    whole += sums[start + other];
  }
  return L(whole);
}
