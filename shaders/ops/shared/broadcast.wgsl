// A function of each element of a tensor and one of another tensor that is spread over it. Runs of axes, the innermost first: their sizes
// and what lies between their elements in the other tensor, in items.
// constants: BL, INNER_RUNS
// types: B, L
struct Broadcast { count: u32, @align(16) runs: array<vec4u, 5> }

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
  return L(BL(other[at + rest * g.runs[INNER_RUNS].y]));
}
