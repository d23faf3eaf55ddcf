// The place of the largest or smallest element of each line along an axis. THREADS invocations of a workgroup share a line. Numbers are
// compared by their bits, so that NaN, which is found wherever it is, counts as larger and as smaller than all numbers.
// constants: LAST, SMALLEST, THREADS, WORKGROUP_SIZE
// types: E
struct Lines { count: u32, size: u32, inner: u32 }

struct Place { key: u32, at: u32 }

const STEP = 4u;

@group(0) @binding(0) var<uniform> g: Lines;
@group(0) @binding(1) var<storage, read> x: array<E>;
@group(0) @binding(2) var<storage, read_write> y: array<u32>;

var<workgroup> found: array<Place, WORKGROUP_SIZE>;

// An integer that orders numbers: the larger it is, the nearer is the number to what is sought.
fn key_of(v: f32) -> u32 {
  let bits = bitcast<u32>(v);
  // Both zeros are equal.
  let size = bits & 0x7fffffffu;
  let ordered = select(select(size | 0x80000000u, ~bits, bits > size), 0x80000000u, size == 0u);
  return select(select(ordered, ~ordered, SMALLEST), 0xffffffffu, size > 0x7f800000u);
}

fn better(a: Place, b: Place) -> Place {
  let earlier = select(b.at < a.at, a.at < b.at, LAST);
  let wins = (b.key > a.key) | ((b.key == a.key) & earlier);
  return Place(select(a.key, b.key, wins), select(a.at, b.at, wins));
}

fn workgroup_thread(workgroup: u32, local: u32) {
  let line = (workgroup * WORKGROUP_SIZE + local) / THREADS;
  let some_line = min(line, g.count - 1u);
  let outer = some_line / g.inner;
  let start = outer * g.size * g.inner + some_line - outer * g.inner;
  let first = min(local % THREADS, g.size - 1u);
  var best = Place(key_of(f32(x[start + first * g.inner])), first);
  for (var next = first + THREADS; next < g.size; next += STEP * THREADS) {
    // STEP loads do not wait for each other. Past the end the last element is found again, which changes nothing.
    // @unroll
    for (var s = 0u; s < STEP; s++) {
      let at = min(next + s * THREADS, g.size - 1u);
      best = better(best, Place(key_of(f32(x[start + at * g.inner])), at));
    }
  }
  if (THREADS > 1u) {
    found[local] = best;
    workgroupBarrier();
    for (var other = 1u; other < THREADS; other++) {
      best = better(best, found[local - local % THREADS + other]);
    }
  }
  if (line < g.count && local % THREADS == 0u) {
    y[line] = best.at;
  }
}
