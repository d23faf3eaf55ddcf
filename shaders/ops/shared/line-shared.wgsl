// THREADS neighbouring invocations of a workgroup share a line: each takes every THREADS-th element. All invocations of the workgroup must
// call the functions that combine the partial results of a line.
// slots: exp_of, lanes_max, lanes_most, lanes_sum
// constants: THREADS, WORKGROUP_SIZE
// types: K, L, Norm, U, W
var<workgroup> maxima: array<W, WORKGROUP_SIZE>;
var<workgroup> spoils: array<K, WORKGROUP_SIZE>;
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
  spoils[local] = lanes_most(norm.spoilt);
  workgroupBarrier();
  let start = local - local % THREADS;
  var largest = maxima[start];
  var spoilt = spoils[start];
  // @unroll
  for (var other = 1u; other < THREADS; other++) {
    largest = max(largest, maxima[start + other]);
    spoilt = max(spoilt, spoils[start + other]);
  }
  let sum = line_sum(norm.sum * exp_of(norm.largest - L(largest)), local);
  return Norm(L(largest), sum, U(spoilt));
}

fn line_sum(sum: L, local: u32) -> L {
  // Sums of an earlier call may still be read.
  workgroupBarrier();
  sums[local] = lanes_sum(sum);
  workgroupBarrier();
  let start = local - local % THREADS;
  var whole = sums[start];
  // @unroll
  for (var other = 1u; other < THREADS; other++) {
    whole += sums[start + other];
  }
  return L(whole);
}
