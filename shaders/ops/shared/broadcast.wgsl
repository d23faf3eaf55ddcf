// Loads the element of another, broadcast tensor that belongs to an element of a tensor. `runs` are runs of axes, innermost first: their
// sizes in x, and in y the distance between their elements in the other tensor, all in items. The other tensor has type B in storage and F
// in arithmetic.
// constants: INNER_RUNS
// types: B, F, L
struct Broadcast { threads: u32, runs: array<vec4u, 8> }

@group(0) @binding(0) var<uniform> g: Broadcast;
@group(0) @binding(1) var<storage, read> other: array<B>;

// The item of the other tensor beside an item.
fn beside(index: u32) -> L {
  var rest = index;
  var at = 0u;
  // @unroll
  for (var r = 0u; r < INNER_RUNS; r++) {
    let run = g.runs[r];
    let next = rest / run.x;
    at += (rest - next * run.x) * run.y;
    rest = next;
  }
  return L(F(other[at + rest * g.runs[INNER_RUNS].y]));
}
