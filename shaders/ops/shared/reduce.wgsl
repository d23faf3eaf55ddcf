// One level of a reduction over some axes: an invocation combines a part of the `count` terms of ITEMS neighbouring results, or items of results. `kept`
// are the runs of axes that the result has, `summed` the runs that it lacks, innermost first: their sizes in x, and the distances between their elements in
// three operands in yzw. Neighbouring invocations have neighbouring terms, every parts-th each; or, if KEPT_INNER, neighbouring results, of whose
// terms each takes as many in a row: steps of many terms would leave the pages and the sets of caches. STEP terms are loaded at once, so that none
// waits for another. EVEN: they divide the terms of all parts.
// slots: begin, combined, finished, term
// constants: EVEN, ITEMS, KEPT, KEPT_INNER, STEP, SUMMED
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
  let groups = g.results / ITEMS;
  let group = select(index / g.parts, index % groups, KEPT_INNER);
  let part = select(index % g.parts, index / groups, KEPT_INNER);
  let start = places_of_result(group * ITEMS);
  begin(start);
  let each = (g.count + g.parts - 1u) / g.parts;
  let distance = select(g.parts, 1u, KEPT_INNER);
  let first = select(part, part * each, KEPT_INNER);
  let end = select(g.count, min(first + each, g.count), KEPT_INNER);
  var values: array<P, ITEMS>;
  // @unroll
  for (var k = 0u; k < ITEMS; k++) {
    values[k] = P(g.initial);
  }
  for (var start_term = first; start_term < end; start_term += STEP * distance) {
    // @unroll
    for (var s = 0u; s < STEP; s++) {
      let i = start_term + s * distance;
      // Past the end the last term is loaded again, and left out.
      let inside = EVEN | (i < end);
      let place = start + places_of_term(select(g.count - 1u, i, inside));
      // @unroll
      for (var k = 0u; k < ITEMS; k++) {
        values[k] = combined(values[k], select(P(g.initial), term(place + k * g.kept[0].yzw), inside));
      }
    }
  }
  // @unroll
  for (var k = 0u; k < ITEMS; k++) {
    reduced[select(index, part * g.results + group * ITEMS + k, KEPT_INNER)] = O(finished(values[k]));
  }
}
