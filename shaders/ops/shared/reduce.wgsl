// One level of a reduction over some axes: an invocation combines every parts-th of the `count` terms of one result, or of an item of results. `kept`
// are the runs of axes that the result has, `summed` the runs that it lacks, innermost first: their sizes in x, and the distances between
// their elements in three operands in yzw. Neighbouring invocations have neighbouring parts, or if KEPT_INNER neighbouring results.
// slots: combined, finished, term
// constants: KEPT, KEPT_INNER, SUMMED
// types: O, P
struct Reduction {
  threads: u32, results: u32, parts: u32, count: u32, scale: f32, factor: f32, initial: f32,
  kept: array<vec4u, KEPT>, summed: array<vec4u, SUMMED>,
}

@group(0) @binding(0) var<uniform> g: Reduction;
@group(0) @binding(4) var<storage, read_write> reduced: array<O>;

fn places_of_result(result: u32) -> vec3u {
  var rest = result;
  var at = vec3u(0u);
  // @unroll
  for (var r = 0u; r < KEPT - 1u; r++) {
    let next = rest / g.kept[r].x;
    at += (rest - next * g.kept[r].x) * g.kept[r].yzw;
    rest = next;
  }
  return at + rest * g.kept[KEPT - 1u].yzw;
}

fn places_of_term(term: u32) -> vec3u {
  var rest = term;
  var at = vec3u(0u);
  // @unroll
  for (var r = 0u; r < SUMMED - 1u; r++) {
    let next = rest / g.summed[r].x;
    at += (rest - next * g.summed[r].x) * g.summed[r].yzw;
    rest = next;
  }
  return at + rest * g.summed[SUMMED - 1u].yzw;
}

fn thread(index: u32) {
  let result = select(index / g.parts, index % g.results, KEPT_INNER);
  let part = select(index % g.parts, index / g.results, KEPT_INNER);
  let start = places_of_result(result);
  var value = P(g.initial);
  for (var i = part; i < g.count; i += g.parts) {
    value = combined(value, term(start + places_of_term(i)));
  }
  reduced[index] = O(finished(value));
}
