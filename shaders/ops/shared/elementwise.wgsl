// An element-wise operation: an invocation computes ITEMS items of the result, which lie as far apart as there are invocations, so that
// neighbours access neighbouring memory. `runs` are runs of its axes, innermost first: their sizes in x, and in yzw the distances between
// their elements in each of three operands, which are 0 where an operand is broadcast. The values are multiplied by `factor` if SCALED;
// `scale` is for what computes them.
// slots: value
// constants: ITEMS, RUNS, SCALED, WHOLE
// types: V
struct Elementwise { threads: u32, scale: f32, factor: f32, runs: array<vec4u, RUNS> }

@group(0) @binding(0) var<uniform> g: Elementwise;
@group(0) @binding(4) var<storage, read_write> y: array<V>;

fn places_of(item: u32) -> vec3u {
  var rest = item;
  var at = vec3u(0u);
  // @unroll
  for (var r = 0u; r < RUNS - 1u; r++) {
    let next = rest / g.runs[r].x;
    at += (rest - next * g.runs[r].x) * g.runs[r].yzw;
    rest = next;
  }
  // Where nothing is broadcast, all lie as the result does.
  return select(at + rest * g.runs[RUNS - 1u].yzw, vec3u(item), WHOLE);
}

fn thread(index: u32) {
  // @unroll unless compact
  for (var i = 0u; i < ITEMS; i++) {
    let item = index + i * g.threads;
    var v = value(places_of(item));
    if (SCALED) {
      v *= g.factor;
    }
    y[item] = V(v);
  }
}
