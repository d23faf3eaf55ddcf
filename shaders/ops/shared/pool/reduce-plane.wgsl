// Pooling of whole maps, whose cells follow each other in memory: `splits` invocations share an output, and each reduces every splits-th of
// its cells, so that neighbours load neighbours.
// slots: finish, initial, place_of, settled, task_of, with_cell
// constants: CHANNELS_LAST
// types: E, Element, V
@group(0) @binding(1) var<storage, read> x: array<E>;

fn thread(index: u32) {
  let task = task_of(index);
  let o = task.o;
  let pixel = select(1u, g.input.channels, CHANNELS_LAST);
  let plane = place_of(Element(o.n, o.c, 0u, 0u, 0u), g.input);
  let end = g.input.depth * g.input.height * g.input.width * pixel;
  let step = g.splits * pixel;
  var state = initial(o);
  for (var cell = task.split * pixel; cell < end; cell += 4u * step) {
    // @unroll
    for (var i = 0u; i < 4u; i++) {
      let inside = cell + i * step < end;
      let at = select(cell, cell + i * step, inside);
      state = with_cell(state, V(x[plane + at]), at, inside);
    }
  }
  finish(place_of(o, g.output), task.split, settled(state, pixel), o);
}
