// One level of the sum of pairs: THREADS invocations sum up to THREADS * PAIRS of them.
// slots: first_of, line_of, line_sum
// constants: THREADS
struct Pairs { count: u32, parts: u32 }

const PAIRS = 16u;

@group(0) @binding(0) var<uniform> g: Pairs;
@group(0) @binding(1) var<storage, read> pairs: array<vec2f>;
@group(0) @binding(2) var<storage, read_write> parts: array<vec2f>;

fn workgroup_thread(workgroup: u32, local: u32) {
  let part = line_of(workgroup, local);
  var sum = vec2f(0.0);
  for (var i = 0u; i < PAIRS; i++) {
    let at = (part * PAIRS + i) * THREADS + first_of(local);
    sum += select(vec2f(0.0), pairs[min(at, g.count - 1u)], at < g.count);
  }
  sum = line_sum(sum, local);
  if (first_of(local) == 0u && part < g.parts) {
    parts[part] = sum;
  }
}
