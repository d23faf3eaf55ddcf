// Upsampling: an invocation computes every row_threads-th output of a row, each from CORNERS_D x CORNERS_H x CORNERS_W cells around its
// place.
// slots: place_of, steps_in, task_of
// constants: CHANNELS_LAST, CORNERS_D, CORNERS_H, CORNERS_W
// types: E, Element, V
struct Rule { unused: u32 }

@group(0) @binding(1) var<storage, read> x: array<E>;
@group(0) @binding(2) var<storage, read_write> y: array<E>;

// The cell at or before a place, the next one, and the weight of the next one.
struct Source { cell: u32, next: u32, weight: f32 }

fn source_of(output: u32, scale: i32, shift: i32, unit: i32, cells: u32) -> Source {
  let place = max(i32(output) * scale + shift, 0);
  let cell = steps_in(u32(place), u32(unit));
  return Source(cell, min(cell + 1u, cells - 1u), f32(u32(place) - cell * u32(unit)) / f32(unit));
}

fn thread(index: u32) {
  let task = task_of(index);
  let o = task.o;
  let a = g.regions;
  let pixel = select(1u, g.input.channels, CHANNELS_LAST);
  let plane = place_of(Element(o.n, o.c, 0u, 0u, 0u), g.input);
  let d = source_of(o.d, a.scale_d, a.shift_d, a.unit_d, g.input.depth);
  let h = source_of(o.h, a.scale_h, a.shift_h, a.unit_h, g.input.height);
  var to = place_of(Element(o.n, o.c, o.d, o.h, task.column), g.output);
  for (var at = task.column; at < g.output.width; at += g.row_threads) {
    let w = source_of(at, a.scale_w, a.shift_w, a.unit_w, g.input.width);
    var sum = V(0.0);
    // @unroll
    for (var i = 0u; i < CORNERS_D; i++) {
      // @unroll
      for (var j = 0u; j < CORNERS_H; j++) {
        let row = (select(d.cell, d.next, i == 1u) * g.input.height + select(h.cell, h.next, j == 1u)) * g.input.width;
        let before = V(x[plane + (row + w.cell) * pixel]);
        var value = before;
        if (CORNERS_W == 2u) {
          let after = V(x[plane + (row + w.next) * pixel]);
          value = before * (1.0 - w.weight) + after * w.weight;
        }
        if (CORNERS_H == 2u) {
          value *= select(1.0 - h.weight, h.weight, j == 1u);
        }
        if (CORNERS_D == 2u) {
          value *= select(1.0 - d.weight, d.weight, i == 1u);
        }
        sum += value;
      }
    }
    y[to] = E(sum);
    to += g.row_threads * pixel;
  }
}
