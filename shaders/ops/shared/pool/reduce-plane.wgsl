// Pooling of whole maps, whose cells follow each other in memory: `splits` invocations share an output, and each reduces every splits-th of
// its cells, so that neighbours load neighbours. ALONE: one invocation reduces all cells of an output in blocks, whose cells are as many as the blocks,
// and merges these.
// slots: finish, initial, merged, place_of, settled, task_of, with_cell
// constants: ALONE, CHANNELS_LAST
// types: E, Element, State, V
@group(0) @binding(1) var<storage, read> x: array<E>;

// Reduces every step-th element of a plane from `first` on.
fn reduced(o: Element, plane: u32, first: u32, step: u32, end: u32) -> State {
  var state = initial(o);
  for (var cell = first; cell < end; cell += 4u * step) {
    // @unroll
    for (var i = 0u; i < 4u; i++) {
      let inside = cell + i * step < end;
      let at = select(cell, cell + i * step, inside);
      state = with_cell(state, V(x[plane + at]), at, inside);
    }
  }
  return state;
}

fn thread(index: u32) {
  let task = task_of(index);
  let o = task.o;
  let pixel = select(1u, g.input.channels, CHANNELS_LAST);
  let plane = place_of(Element(o.n, o.c, 0u, 0u, 0u), g.input);
  let end = g.input.depth * g.input.height * g.input.width * pixel;
  let step = select(g.splits, 1u, ALONE) * pixel;
  let block = select(end, u32(sqrt(f32(end / pixel))) * pixel, ALONE);
  var state = settled(reduced(o, plane, task.split * pixel, step, block), pixel);
  if (ALONE) {
    for (var first = block; first < end; first += block) {
      state = merged(state, settled(reduced(o, plane, first, pixel, min(first + block, end)), pixel));
    }
  }
  finish(place_of(o, g.output), task.split, state, o);
}
