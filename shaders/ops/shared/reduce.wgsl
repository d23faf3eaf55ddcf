// One level of a reduction over some axes: an invocation combines every parts-th of the `count` terms of one result, or of an item of results. `kept`
// are the runs of axes that the result has, `summed` the runs that it lacks, innermost first: their sizes in x, and the distances between
// their elements in three operands in yzw. Neighbouring invocations have neighbouring parts, or if KEPT_INNER neighbouring results. STEP terms
// are loaded at once, so that none waits for another. EVEN: they divide the terms of all parts.
// slots: begin, combined, finished, term
// constants: EVEN, KEPT, KEPT_INNER, STEP, SUMMED
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
  begin(start);
  var value = P(g.initial);
  for (var start_term = part; start_term < g.count; start_term += STEP * g.parts) {
    // @unroll
    for (var s = 0u; s < STEP; s++) {
      let i = start_term + s * g.parts;
      // Past the end the last term is loaded again, and left out.
      let inside = EVEN | (i < g.count);
      value = combined(value, select(P(g.initial), term(start + places_of_term(select(g.count - 1u, i, inside))), inside));
    }
  }
  reduced[index] = O(finished(value));
}
