// What the kernels of pooling are told. Maps count their channels in V. The rule is what is made of the cells: it defines Rule and State.
// slots: divided
// constants: CHANNELS_LAST
// types: Axes, Element, Map, Rule
struct Pool {
  input: Map,
  output: Map,
  @size(64) axes: Axes,
  threads: u32,
  // Invocations that take turns along the width.
  runs: u32,
  // Invocations that share the cells of an output, and what all of them keep.
  parts: u32,
  kept: u32,
  @align(16) rule: Rule,
}

@group(0) @binding(0) var<uniform> g: Pool;

// What an invocation computes: the first output of its turns along a row, and which part of its cells.
struct Task { o: Element, run: u32, part: u32 }

fn task_of(index: u32) -> Task {
  var o: Element;
  var rest = index;
  if (CHANNELS_LAST) {
    let channel = divided(rest, g.output.channels);
    o.c = channel.rest;
    rest = channel.quotient;
  }
  let part = divided(rest, g.parts);
  let run = divided(part.quotient, g.runs);
  let row = divided(run.quotient, g.output.height);
  let slice = divided(row.quotient, g.output.depth);
  o.h = row.rest;
  o.d = slice.rest;
  o.n = slice.quotient;
  if (!CHANNELS_LAST) {
    let channel = divided(o.n, g.output.channels);
    o.c = channel.rest;
    o.n = channel.quotient;
  }
  return Task(o, run.rest, part.rest);
}
