// The gradient of max unpooling where all indices are cells of their own windows: later windows that chose the same cell lie around it.
// slots: around_depth, around_height, around_width, cell_named, place_of, plane_of
// constants: ALONE, ALWAYS
// types: E, Element
@group(0) @binding(4) var<storage, read> dy: array<E>;
@group(0) @binding(5) var<storage, read_write> dx: array<E>;

struct Outcome { stored: bool, to: u32, value: E }

fn store_outcome(outcome: Outcome) {
  dx[outcome.to] = outcome.value;
}

fn settle(o: Element, place: u32, at: vec3u, cell: u32, is_own: bool) -> Outcome {
  if (ALWAYS) {
    return Outcome(false, 0u, E(0.0));
  }
  var is_last = is_own;
  if (!ALONE && is_own) {
    let end_d = around_depth(at.x).end;
    let along_h = around_height(at.y);
    let along_w = around_width(at.z);
    for (var d = o.d; d < end_d; d++) {
      for (var h = select(along_h.begin, o.h, d == o.d); h < along_h.end; h++) {
        for (var w = along_w.begin; w < along_w.end; w++) {
          let other = place_of(Element(o.n, o.c, d, h, w), g.input);
          is_last &= other <= place || cell_named(other, plane_of(o)) != cell;
        }
      }
    }
  }
  let chosen = select(0u, place_of(Element(o.n, o.c, at.x, at.y, at.z), g.output), is_last);
  return Outcome(true, place, select(E(0.0), dy[chosen], is_last));
}
