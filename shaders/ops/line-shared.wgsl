// A workgroup has a line, and its invocations every THREADS-th element. All of them call the functions that put their parts together: FAN
// invocations eight each, then every one the rest, which takes fewer barriers than halving does.
const FAN = THREADS / 8u;

var<workgroup> mosts: array<L, THREADS>;
var<workgroup> sums: array<L, THREADS>;

fn line_of(workgroup: vec3u, grid: vec3u, local: u32) -> u32 {
  return workgroup.y * grid.x + workgroup.x;
}

fn first_of(local: u32) -> u32 {
  return local;
}

// By the largest of all parts each is taken once.
fn whole_norm(norm: Norm, local: u32) -> Norm {
  mosts[local] = norm.most;
  workgroupBarrier();
  if (local < FAN) {
    for (var at = local + FAN; at < THREADS; at += FAN) {
      mosts[local] = max(mosts[local], mosts[at]);
    }
  }
  workgroupBarrier();
  var most = mosts[0];
  for (var at = 1u; at < FAN; at++) {
    most = max(most, mosts[at]);
  }
  let part = select(norm.sum * exp(norm.most - most), norm.sum, norm.most == most);
  return Norm(most, whole_sum(part, local));
}

fn whole_sum(sum: L, local: u32) -> L {
  // Those of a call before may still be read.
  workgroupBarrier();
  sums[local] = sum;
  workgroupBarrier();
  if (local < FAN) {
    for (var at = local + FAN; at < THREADS; at += FAN) {
      sums[local] += sums[at];
    }
  }
  workgroupBarrier();
  var whole = sums[0];
  for (var at = 1u; at < FAN; at++) {
    whole += sums[at];
  }
  return whole;
}
