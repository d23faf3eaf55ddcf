// Pooling: an invocation reduces the cells of every row_threads-th output of a row, or, if SPLIT, where `splits` invocations split an output, every
// splits-th of its groups of STEP neighbours along the width. PARTIAL: windows end within groups. ONE_ROW: windows are one row high and deep.
// slots: cells_of_depth, cells_of_height, cells_of_width, divided, finish, initial, place_of, settled, task_of, with_cell
// constants: CHANNELS_LAST, ONE_ROW, PARTIAL, SPLIT, STEP
// types: E, Element, V
@group(0) @binding(1) var<storage, read> x: array<E>;

fn thread(index: u32) {
  let task = task_of(index);
  var o = task.o;
  let pixel = select(1u, g.input.channels, CHANNELS_LAST);
  let plane = place_of(Element(o.n, o.c, 0u, 0u, 0u), g.input);
  let from_d = cells_of_depth(o.d);
  let from_h = cells_of_height(o.h);
  let step_h = from_h.step * g.input.width * pixel;
  let step_d = from_d.step * g.input.height * g.input.width * pixel;
  let first_row = (from_d.first * g.input.height + from_h.first) * g.input.width;
  for (o.w = task.column; o.w < g.output.width; o.w += g.row_threads) {
    let from_w = cells_of_width(o.w);
    let step_w = from_w.step * pixel;
    let first = (first_row + from_w.first) * pixel;
    let groups = (from_w.count + STEP - 1u) / STEP;
    let count = from_d.count * from_h.count * groups;
    // One loop that counts like digits: nested loops take several times as long on software adapters.
    var tap = vec3u(0u);
    var jump = vec3u(0u, 0u, 1u);
    if (SPLIT && !ONE_ROW) {
      tap = digits(task.split, from_h.count, groups);
      jump = digits(g.splits, from_h.count, groups);
    }
    var state = initial(o);
    for (var i = task.split; i < count; i += g.splits) {
      let group = select(tap.z, i, ONE_ROW);
      let offset = first + tap.x * step_d + tap.y * step_h + group * STEP * step_w;
      // @unroll
      for (var s = 0u; s < STEP; s++) {
        let inside = !PARTIAL || group * STEP + s < from_w.count;
        let cell = offset + s * step_w;
        state = with_cell(state, V(x[plane + select(first, cell, inside)]), cell, inside);
      }
      if (!ONE_ROW) {
        tap += jump;
        let next_row = tap.z >= groups;
        tap.z -= select(0u, groups, next_row);
        tap.y += u32(next_row);
        let next_slice = tap.y >= from_h.count;
        tap.y -= select(0u, from_h.count, next_slice);
        tap.x += u32(next_slice);
      }
    }
    finish(place_of(o, g.output), task.split, settled(state, pixel), o);
  }
}

// Splits a number of groups into slices, rows and groups.
fn digits(groups: u32, height: u32, width: u32) -> vec3u {
  let row = divided(groups, width);
  let slice = divided(row.quotient, height);
  return vec3u(slice.quotient, slice.rest, row.rest);
}
