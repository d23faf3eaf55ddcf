// An element-wise operation: an invocation computes ITEMS items of the result, evenly spaced along one of the runs of its axes, number ALONG.
// `runs` are these runs, innermost first: in x their sizes, that of ALONG divided by ITEMS, and in yzw the distances between their elements in
// each of three operands, which are 0 where an operand is broadcast. The values are multiplied by `factor` if SCALED; `scale` is for what
// computes them.
// slots: hold_first, hold_second, hold_third, value
// constants: ALONG, ITEMS, RUNS, SCALED, WHOLE
// types: V
struct Elementwise { threads: u32, scale: f32, factor: f32, step: u32, runs: array<vec4u, RUNS> }

@group(0) @binding(0) var<uniform> g: Elementwise;
@group(0) @binding(4) var<storage, read_write> y: array<V>;

fn thread(index: u32) {
  let step = g.step;
  var rest = index;
  var start = vec3u(0u);
  var to = index;
  // @unroll
  for (var r = 0u; r < RUNS - 1u; r++) {
    let next = rest / g.runs[r].x;
    start += (rest - next * g.runs[r].x) * g.runs[r].yzw;
    if (r == ALONG) {
      to += next * ((ITEMS - 1u) * step);
    }
    rest = next;
  }
  // Where nothing is broadcast, all lie as the result does.
  start = select(start + rest * g.runs[RUNS - 1u].yzw, vec3u(index), WHOLE);
  let apart = g.runs[ALONG].x * g.runs[ALONG].yzw;
  hold_first(start);
  hold_second(start);
  hold_third(start);
  // @unroll unless compact
  for (var i = 0u; i < ITEMS; i++) {
    var v = value(start + i * apart);
    if (SCALED) {
      v *= g.factor;
    }
    y[to + i * step] = V(v);
  }
}
