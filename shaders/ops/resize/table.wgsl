// The table of each axis: for every output its first cell, then the weights of `window` cells from there on. Taps beyond the border are
// those of the border or, if EXCLUDE, have no weight. If NORMALISED, weights are divided by their sum; kernels that vanish far from their
// centre then get the distance of the nearest cell that counts.
// slots: kernel_at, place_at
// constants: BEFORE, EXCLUDE, NEAREST, NORMALISED
// types: Axis
struct Tables { threads: u32, d: Axis, h: Axis, w: Axis }

@group(0) @binding(0) var<uniform> g: Tables;
@group(0) @binding(1) var<storage, read_write> table: array<u32>;

fn thread(index: u32) {
  var output = index;
  var a = g.d;
  if (output >= a.outputs) {
    output -= a.outputs;
    a = g.h;
    if (output >= a.outputs) {
      output -= a.outputs;
      a = g.w;
    }
  }
  let place = place_at(output, a.step, a.base);
  let row = a.table + output * (a.window + 1u);
  let last = i32(a.inputs) - 1;
  var cell = bitcast<i32>(place.x);
  if (NEAREST && BEFORE && place.y == 0u) {
    cell--;
  }
  let inside = (output >= a.begin) & (output < a.end);
  let start = clamp(cell + a.first, 0, last + 1 - i32(a.window));
  table[row] = u32(start);
  if (NEAREST) {
    table[row + 1u] = bitcast<u32>(select(0.0, 1.0, inside));
    return;
  }
  for (var i = 1u; i <= a.window; i++) {
    table[row + i] = 0u;
  }
  if (!inside) {
    return;
  }
  // 32 bits of the fraction, which a float rounds to 24; the factor is 2^-32.
  let fraction = f32(place.y) * 2.3283064365386963e-10;
  let centre = fraction + a.centre;
  var sum = 1.0;
  var nearest = 1e18;
  if (NORMALISED) {
    for (var k = 0u; k < a.taps; k++) {
      let tap = a.first + i32(k);
      nearest = select(nearest, min(nearest, abs(distance(tap, centre, a))), counts(cell + tap * a.dilation, last));
    }
    sum = 0.0;
    for (var k = 0u; k < a.taps; k++) {
      let tap = a.first + i32(k);
      sum += select(0.0, kernel_at(distance(tap, centre, a), nearest), counts(cell + tap * a.dilation, last));
    }
  }
  for (var k = 0u; k < a.taps; k++) {
    let tap = a.first + i32(k);
    let at = cell + tap * a.dilation;
    if (counts(at, last)) {
      let to = row + 1u + u32(clamp(at, 0, last) - start);
      let weight = kernel_at(distance(tap, centre, a), nearest) / sum;
      table[to] = bitcast<u32>(bitcast<f32>(table[to]) + weight);
    }
  }
}

// The distance of a tap from the centre of the kernel.
fn distance(tap: i32, centre: f32, a: Axis) -> f32 {
  return (f32(tap) - centre) * a.narrow;
}

// Whether a cell has a weight.
fn counts(cell: i32, last: i32) -> bool {
  return !EXCLUDE || (cell >= 0 && cell <= last);
}
