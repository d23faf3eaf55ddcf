// One level of sums over some axes: an invocation adds every parts-th of the `count` terms of one result, or of an item of results. `kept`
// are the runs of axes that the result has, `summed` the runs that it lacks, innermost first: their sizes in x, and the distance between
// their elements in y. Neighbouring invocations have neighbouring parts, or if KEPT_INNER neighbouring results.
// slots: term
// constants: INNER_KEPT, INNER_SUMMED, KEPT_INNER
// types: O, P
struct Reduction {
  threads: u32, results: u32, parts: u32, count: u32,
  kept: array<vec4u, 4>, summed: array<vec4u, 4>,
}

@group(0) @binding(0) var<uniform> g: Reduction;
@group(0) @binding(2) var<storage, read_write> sums: array<O>;

fn place_of_result(result: u32) -> u32 {
  var rest = result;
  var at = 0u;
  // @unroll
  for (var r = 0u; r < INNER_KEPT; r++) {
    let next = rest / g.kept[r].x;
    at += (rest - next * g.kept[r].x) * g.kept[r].y;
    rest = next;
  }
  return at + rest * g.kept[INNER_KEPT].y;
}

fn place_of_term(term: u32) -> u32 {
  var rest = term;
  var at = 0u;
  // @unroll
  for (var r = 0u; r < INNER_SUMMED; r++) {
    let next = rest / g.summed[r].x;
    at += (rest - next * g.summed[r].x) * g.summed[r].y;
    rest = next;
  }
  return at + rest * g.summed[INNER_SUMMED].y;
}

fn thread(index: u32) {
  let result = select(index / g.parts, index % g.results, KEPT_INNER);
  let part = select(index % g.parts, index / g.results, KEPT_INNER);
  let start = place_of_result(result);
  var sum = P(0.0);
  for (var i = part; i < g.count; i += g.parts) {
    sum += term(start + place_of_term(i));
  }
  sums[index] = O(sum);
}
