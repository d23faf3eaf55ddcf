// A pass of a resizing along one axis: every output is the weighted sum of its cells or, if TRANSPOSED, every cell that of the outputs that
// have it. An invocation computes SPAN neighbours along RUN lines: lines share weights, and neighbours share what they sum.
// slots: place_at
// constants: EXCLUDE, RUN, SPAN, TRANSPOSED
// types: Axis, E, F, V
struct Along {
  threads: u32,
  // Lines that neighbouring invocations compute, and all lines; the distance of neighbours along a line.
  lines: u32, all_lines: u32, inner: u32,
  axis: Axis,
}

@group(0) @binding(0) var<uniform> g: Along;
@group(0) @binding(1) var<storage, read> x: array<E>;
@group(0) @binding(2) var<storage, read> table: array<u32>;
@group(0) @binding(3) var<storage, read_write> y: array<F>;

fn ceiling(place: vec3u) -> i32 {
  return bitcast<i32>(place.x) + i32((place.y | place.z) != 0u);
}

// The outputs that may have a cell, from the first to before the last.
fn outputs_around(own: u32) -> vec2u {
  let a = g.axis;
  let ends = vec2i(ceiling(place_at(own, a.back, a.low)), ceiling(place_at(own, a.back, a.high)));
  let most = i32(a.outputs);
  let begin = clamp(min(ends.x, ends.y) - i32(a.margin), 0, most);
  let end = clamp(max(ends.x, ends.y) + i32(a.margin), 0, most);
  // Places beyond an end of the axis have the cell there, unless they EXCLUDE it.
  return vec2u(vec2i(select(begin, 0, !EXCLUDE && own == 0u), select(end, most, !EXCLUDE && own + 1u == a.inputs)));
}

fn thread(index: u32) {
  let a = g.axis;
  let reads = select(a.inputs, a.outputs, TRANSPOSED);
  let written = select(a.outputs, a.inputs, TRANSPOSED);
  let spans = (written + SPAN - 1u) / SPAN;
  let adjacent = g.inner == 1u;
  let span = select(index / g.lines, index % spans, adjacent);
  let line = select(index - span * g.lines, index / spans, adjacent);
  // Loaded before the stores, behind which SwiftShader loads uniforms again.
  let inner = g.inner;
  let lines = g.lines;
  let all_lines = g.all_lines;
  var read: array<u32, RUN>;
  var write: array<u32, RUN>;
  // @unroll
  for (var r = 0u; r < RUN; r++) {
    let one = min(line + r * lines, all_lines - 1u);
    var outer = one;
    if (!adjacent) {
      outer = one / inner;
    }
    let within = one - outer * inner;
    read[r] = outer * reads * inner + within;
    write[r] = (outer * written + span * SPAN) * inner + within;
  }
  let columns = a.window + 1u;
  var owns: array<u32, SPAN>;
  var firsts: array<u32, SPAN>;
  var begin = 0xffffffffu;
  var end = 0u;
  // @unroll
  for (var k = 0u; k < SPAN; k++) {
    owns[k] = min(span * SPAN + k, written - 1u);
    if (TRANSPOSED) {
      let around = outputs_around(owns[k]);
      begin = min(begin, around.x);
      end = max(end, around.y);
    } else {
      firsts[k] = table[a.table + owns[k] * columns];
      begin = min(begin, firsts[k]);
      end = max(end, firsts[k] + a.window);
    }
  }
  var sums: array<V, RUN * SPAN>;
  for (var j = begin; j < end; j++) {
    var weights: array<f32, SPAN>;
    let output = a.table + j * columns;
    var first = 0u;
    if (TRANSPOSED) {
      first = table[output];
    }
    // @unroll
    for (var k = 0u; k < SPAN; k++) {
      let row = select(a.table + owns[k] * columns, output, TRANSPOSED);
      let tap = select(j - firsts[k], owns[k] - first, TRANSPOSED);
      weights[k] = select(0.0, bitcast<f32>(table[row + 1u + min(tap, a.window - 1u)]), tap < a.window);
    }
    // A cell of no weight is not to count, whatever it holds.
    // @unroll
    for (var r = 0u; r < RUN; r++) {
      let value = V(x[read[r] + j * inner]);
      // @unroll
      for (var k = 0u; k < SPAN; k++) {
        sums[r * SPAN + k] += select(V(0.0), weights[k] * value, weights[k] != 0.0);
      }
    }
  }
  // @unroll
  for (var r = 0u; r < RUN; r++) {
    // @unroll
    for (var k = 0u; k < SPAN; k++) {
      if ((r == 0u || line + r * lines < all_lines) && (k == 0u || span * SPAN + k < written)) {
        y[write[r] + k * inner] = F(sums[r * SPAN + k]);
      }
    }
  }
}
