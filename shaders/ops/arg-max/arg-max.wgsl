// The place of the largest or smallest element of each line along an axis. An invocation takes LINES neighbouring lines, or THREADS invocations of
// a workgroup share one. Numbers are compared by their bits, so that NaN, which is found wherever it is, counts as larger and as smaller than all
// numbers.
// constants: EVEN, LAST, LINES, SMALLEST, STEP, THREADS, WORKGROUP_SIZE
// types: E
struct Lines { count: u32, size: u32, inner: u32 }

struct Place { key: i32, at: u32 }

@group(0) @binding(0) var<uniform> g: Lines;
@group(0) @binding(1) var<storage, read> x: array<E>;
@group(0) @binding(2) var<storage, read_write> y: array<u32>;

var<workgroup> found: array<Place, WORKGROUP_SIZE>;

// Less than every key.
const NO_KEY = -0x7fffffff;

// An integer that orders numbers: the larger it is, the nearer is the number to what is sought. Both zeros have the same.
fn key_of(v: f32) -> i32 {
  let bits = bitcast<i32>(v);
  let size = bits & 0x7fffffff;
  let key = select(select(bits, -size, bits < 0), select(-bits, size, bits < 0), SMALLEST);
  return select(key, 0x7fffffff, size > 0x7f800000);
}

fn better(a: Place, b: Place) -> Place {
  let earlier = select(b.at < a.at, a.at < b.at, LAST);
  let wins = (b.key > a.key) | ((b.key == a.key) & earlier);
  return Place(select(a.key, b.key, wins), select(a.at, b.at, wins));
}

fn workgroup_thread(workgroup: u32, local: u32) {
  let line = (workgroup * WORKGROUP_SIZE + local) / THREADS * LINES;
  let some_line = min(line, g.count - LINES);
  let outer = some_line / g.inner;
  let start = outer * g.size * g.inner + some_line - outer * g.inner;
  var best: array<Place, LINES>;
  // @unroll
  for (var k = 0u; k < LINES; k++) {
    best[k] = Place(NO_KEY, 0u);
  }
  for (var next = local % THREADS; next < g.size; next += STEP * THREADS) {
    // STEP loads do not wait for each other. Past the end the last element is found again, which changes nothing.
    // @unroll
    for (var s = 0u; s < STEP; s++) {
      var at = next + s * THREADS;
      if (!EVEN) {
        at = min(at, g.size - 1u);
      }
      // @unroll
      for (var k = 0u; k < LINES; k++) {
        let key = key_of(f32(x[start + at * g.inner + k]));
        // Elements come in order, so that the first or the last of equal ones wins.
        var wins = key > best[k].key;
        if (LAST) {
          wins = key >= best[k].key;
        }
        best[k] = Place(select(best[k].key, key, wins), select(best[k].at, at, wins));
      }
    }
  }
  if (THREADS > 1u) {
    found[local] = best[0];
    workgroupBarrier();
    for (var other = 1u; other < THREADS; other++) {
      best[0] = better(best[0], found[local - local % THREADS + other]);
    }
  }
  if (line < g.count && local % THREADS == 0u) {
    // @unroll
    for (var k = 0u; k < LINES; k++) {
      y[line + k] = best[k].at;
    }
  }
}
