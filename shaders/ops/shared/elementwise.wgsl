// An element-wise operation: an invocation computes an item of the result. `runs` are runs of its axes, innermost first: their sizes in x, and
// in yzw the distances between their elements in each of three operands, which are 0 where an operand is broadcast. The
// values are multiplied by `factor` if SCALED; `scale` is for what computes them.
// slots: value
// constants: RUNS, SCALED, WHOLE
// types: V
struct Elementwise { threads: u32, scale: f32, factor: f32, runs: array<vec4u, RUNS> }

@group(0) @binding(0) var<uniform> g: Elementwise;
@group(0) @binding(4) var<storage, read_write> y: array<V>;

fn thread(index: u32) {
  var rest = index;
  var at = vec3u(0u);
  // @unroll
  for (var r = 0u; r < RUNS - 1u; r++) {
    let next = rest / g.runs[r].x;
    at += (rest - next * g.runs[r].x) * g.runs[r].yzw;
    rest = next;
  }
  // Where nothing is broadcast, all lie as the result does.
  at = select(at + rest * g.runs[RUNS - 1u].yzw, vec3u(index), WHOLE);
  var v = value(at);
  if (SCALED) {
    v *= g.factor;
  }
  y[index] = V(v);
}
