// A pass of a resizing along one axis: every output is the weighted sum of its cells or, if TRANSPOSED, every cell that of the outputs that
// have it. An invocation computes RUN lines, whose weights are the same.
// slots: place_at
// constants: EXCLUDE, RUN, TRANSPOSED
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

fn thread(index: u32) {
  let a = g.axis;
  let reads = select(a.inputs, a.outputs, TRANSPOSED);
  let written = select(a.outputs, a.inputs, TRANSPOSED);
  let adjacent = g.inner == 1u;
  let own = select(index / g.lines, index % written, adjacent);
  let line = select(index - own * g.lines, index / written, adjacent);
  var read: array<u32, RUN>;
  var write: array<u32, RUN>;
  // @unroll
  for (var r = 0u; r < RUN; r++) {
    let one = min(line + r * g.lines, g.all_lines - 1u);
    var outer = one;
    if (!adjacent) {
      outer = one / g.inner;
    }
    let within = one - outer * g.inner;
    read[r] = outer * reads * g.inner + within;
    write[r] = (outer * written + own) * g.inner + within;
  }
  let columns = a.window + 1u;
  var begin = 0u;
  var end = a.outputs;
  if (TRANSPOSED) {
    let ends = vec2i(ceiling(place_at(own, a.back, a.low)), ceiling(place_at(own, a.back, a.high)));
    let most = i32(a.outputs);
    // Places beyond an end of the axis have the cell there, unless they EXCLUDE it.
    begin = u32(select(clamp(min(ends.x, ends.y) - i32(a.margin), 0, most), 0, !EXCLUDE && own == 0u));
    end = u32(select(clamp(max(ends.x, ends.y) + i32(a.margin), 0, most), most, !EXCLUDE && own + 1u == a.inputs));
  } else {
    begin = table[a.table + own * columns];
    end = begin + a.window;
  }
  let row = a.table + own * columns + 1u - begin;
  var sums: array<V, RUN>;
  for (var j = begin; j < end; j++) {
    var weight = 0.0;
    if (TRANSPOSED) {
      let other = a.table + j * columns;
      let tap = own - table[other];
      weight = select(0.0, bitcast<f32>(table[other + 1u + min(tap, a.window - 1u)]), tap < a.window);
    } else {
      weight = bitcast<f32>(table[row + j]);
    }
    // A cell of no weight is not to count, whatever it holds.
    // @unroll
    for (var r = 0u; r < RUN; r++) {
      sums[r] += select(V(0.0), weight * V(x[read[r] + j * g.inner]), weight != 0.0);
    }
  }
  // @unroll
  for (var r = 0u; r < RUN; r++) {
    if (r == 0u || line + r * g.lines < g.all_lines) {
      y[write[r]] = F(sums[r]);
    }
  }
}
