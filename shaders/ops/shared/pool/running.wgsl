// Pooling along one axis at a cost that does not depend on the size of the windows (van Herk 1992; Gil and Werman 1993): an invocation
// computes a group of results whose cells all reach a border. Each is the result of the cells before the border, running away from it,
// merged with that of the cells behind it. Nothing is subtracted, so sums do not cancel.
//
// The cells of result j are those of the taps from bound(j, add) to before bound(j, add + reach), a tap being a cell in steps of the
// dilation. The results of one residue modulo `period` share their taps.
// slots: cell_state, divided, element_at, finish, initial, merged, partial_at, store_partial
// types: Element, Windows
struct Along {
  // Elements between neighbouring cells, cells and results of a line, groups of the results of a residue, and the results of a group.
  inner: u32, cells: u32, results: u32, period: u32, groups: u32, group: u32,
  step: i32, divisor: i32, add: i32, reach: i32,
  // The cell of tap 0 of the first residue, and the distance of the next residue's.
  origin: i32, stride: i32, dilation: i32,
  // Places of the first cell, of the states of the results, and of the first result.
  source: u32, to: u32, result: u32,
  // Lines of a plane, and channels between its cells.
  rows: u32, pixel: u32,
}

struct Regions { windows: Windows, @align(16) along: Along }

fn floored(value: i32, by: i32) -> i32 {
  return select(value, value - by + 1, value < 0) / by;
}

fn bound(result: u32, add: i32, least: i32, most: i32) -> i32 {
  let v = g.regions.along;
  return clamp(floored(i32(result) * v.step + add, v.divisor) + 1, least, most);
}

fn thread(index: u32) {
  let v = g.regions.along;
  let inner = divided(index, v.inner);
  let group = divided(inner.quotient, v.groups);
  let line = divided(group.quotient, v.period);
  let origin = i32(line.rest) * v.stride + v.origin;
  let least = -floored(origin, v.dilation);
  let most = -floored(origin - i32(v.cells), v.dilation);
  let first = group.rest * v.group;
  let end = min(first + v.group, (v.results - line.rest + v.period - 1u) / v.period);
  let start = line.quotient * v.cells;
  // The position of the line's first cell in its plane.
  let position = (line.quotient % v.rows * v.cells) * (v.inner / v.pixel) + inner.rest / v.pixel;
  let to = (line.quotient * v.results + line.rest) * v.inner + inner.rest;
  let border = bound(first, v.add + v.reach, least, most);
  let none = initial(Element());
  var state = none;
  var tap = border;
  for (var j = end; j > first; j--) {
    let begin = bound(j - 1u, v.add, least, most);
    while (tap > begin) {
      tap--;
      let cell = u32(origin + tap * v.dilation);
      state = merged(cell_state(v.source + (start + cell) * v.inner + inner.rest, position + cell * (v.inner / v.pixel)), state);
    }
    store_partial(v.to + to + (j - 1u) * v.period * v.inner, 0u, state, Element());
  }
  state = none;
  tap = border;
  for (var j = first; j < end; j++) {
    let limit = bound(j, v.add + v.reach, least, most);
    while (tap < limit) {
      let cell = u32(origin + tap * v.dilation);
      state = merged(state, cell_state(v.source + (start + cell) * v.inner + inner.rest, position + cell * (v.inner / v.pixel)));
      tap++;
    }
    let place = to + j * v.period * v.inner;
    finish(v.result + place, 0u, merged(partial_at(v.to + place), state), element_at(v.result + place, g.output));
  }
}
