// Cells that windows chose, where windows are fewer than cells, few of them surround a cell, and all indices are cells of their own windows: the
// first window that chose a cell writes it. All others are zeros already.
// slots: around_depth, around_height, around_width, cell_named, place_of, plane_of, taken
// constants: AROUND_D, AROUND_H, AROUND_W
// types: E, Element, V
@group(0) @binding(4) var<storage, read> values: array<E>;
@group(0) @binding(5) var<storage, read_write> result: array<E>;

struct Outcome { stored: bool, to: u32, value: V }

fn store_outcome(outcome: Outcome) {
  result[outcome.to] = E(outcome.value);
}

fn settle(o: Element, place: u32, at: vec3u, cell: u32, is_own: bool) -> Outcome {
  let along_d = around_depth(at.x);
  let along_h = around_height(at.y);
  let along_w = around_width(at.z);
  let plane = plane_of(o);
  var state = V(0.0);
  var is_first = is_own;
  // @unroll
  for (var i = 0u; i < AROUND_D * AROUND_H; i++) {
    let d = along_d.begin + i / AROUND_H;
    let h = along_h.begin + i % AROUND_H;
    // @unroll
    for (var k = 0u; k < AROUND_W; k++) {
      let w = along_w.begin + k;
      let inside = is_own & (d < along_d.end) & (h < along_h.end) & (w < along_w.end);
      let other = select(place, place_of(Element(o.n, o.c, d, h, w), g.input), inside);
      let chose = inside & (cell_named(other, plane) == cell);
      state = select(state, taken(state, V(values[other])), chose);
      is_first &= !(chose & (other < place));
    }
  }
  return Outcome(is_first, place_of(Element(o.n, o.c, at.x, at.y, at.z), g.output), state);
}
