// The gradient of max pooling by lists: each cell is the sum of the windows in its list, in their order.
// slots: around_depth, around_height, around_width, cell_named, element_at, has_strays, needs_lists, number_of, place_of_number, plane_of
// constants: WHOLE
// types: E, Element
@group(0) @binding(3) var<storage, read_write> next: array<u32>;
@group(0) @binding(4) var<storage, read> dy: array<E>;
@group(0) @binding(5) var<storage, read_write> dx: array<E>;

// The windows of a longer list are found by their indices instead of sorted.
const MAX_LIST = 32u;

fn thread(index: u32) {
  if (!needs_lists()) {
    return;
  }
  for (var i = index; i < g.rule.cells; i += g.threads) {
    let o = element_at(i, g.output);
    let cell = number_of(o, g.output);
    let first = atomicLoad(&heads[1u + cell]);
    var length = 0u;
    for (var entry = first; entry != 0u && length <= MAX_LIST; entry = next[entry - 1u]) {
      length++;
    }
    var sum = 0.0;
    if (length > MAX_LIST) {
      sum = searched(o, cell);
    } else {
      var last = 0u;
      for (var added = 0u; added < length; added++) {
        var least = 0xffffffffu;
        for (var entry = first; entry != 0u; entry = next[entry - 1u]) {
          least = select(least, entry, entry > last && entry < least);
        }
        sum += f32(dy[place_of_number(least - 1u, g.input)]);
        last = least;
      }
    }
    dx[i] = E(sum);
  }
}

// The sum of all windows that chose a cell: those around it, unless there are strays.
fn searched(o: Element, cell: u32) -> f32 {
  let strays = has_strays();
  var begin = vec4u(0u);
  var end = vec4u(g.rule.planes, g.input.depth, g.input.height, g.input.width);
  if (!WHOLE || !strays) {
    begin.x = plane_of(o);
    end.x = begin.x + 1u;
  }
  if (!strays) {
    let along_d = around_depth(o.d);
    let along_h = around_height(o.h);
    let along_w = around_width(o.w);
    begin = vec4u(begin.x, along_d.begin, along_h.begin, along_w.begin);
    end = vec4u(end.x, along_d.end, along_h.end, along_w.end);
  }
  var sum = 0.0;
  for (var plane = begin.x; plane < end.x; plane++) {
    for (var d = begin.y; d < end.y; d++) {
      for (var h = begin.z; h < end.z; h++) {
        for (var w = begin.w; w < end.w; w++) {
          let number = ((plane * g.input.depth + d) * g.input.height + h) * g.input.width + w;
          let place = place_of_number(number, g.input);
          if (cell_named(place, plane) == cell) {
            sum += f32(dy[place]);
          }
        }
      }
    }
  }
  return sum;
}
