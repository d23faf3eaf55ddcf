// The moments of a part of a set. Takes BLOCK numbers at a time: computes their mean, then the squares of their distances from it (the
// two-pass method), and merges these moments with the earlier ones. The numbers stay in registers, so each is loaded once. All are taken
// relative to the first, so the mean of equal numbers is that number, and large numbers that lie close together have small sums. WHOLE: all
// blocks are full. MAGNITUDES: of the absolute values.
// slots: advance, member_at, offset_of, part_at, write_part
// constants: BLOCK, FAR, MAGNITUDES, UNIT, WHOLE
// types: E, V

@group(0) @binding(1) var<storage, read_write> results: array<vec4f>;
@group(0) @binding(2) var<storage, read> x: array<E>;

fn number_at(place: u32) -> V {
  let number = V(x[place]);
  return select(number, abs(number), MAGNITUDES);
}

fn thread(index: u32) {
  let part = part_at(index);
  let step = member_at(part.distance);
  let start = member_at(part.first);
  let origin = number_at(part.place + offset_of(start).x);
  var unit = V(1);
  var mean: V;
  var squares: V;
  var count: f32;
  // Again with smaller numbers, if the squares of any lane are beyond FAR.
  for (var turn = 0u; turn < 2u; turn++) {
    let zero = origin * unit;
    var at = start;
    mean = V(0);
    squares = V(0);
    count = 0.0;
    for (var first = part.first; first < part.end; first += BLOCK * part.distance) {
      var values: array<V, BLOCK>;
      var sum = V(0);
      var taken = BLOCK;
      if (!WHOLE) {
        taken = min((part.end - first + part.distance - 1u) / part.distance, BLOCK);
      }
      // @unroll
      for (var i = 0u; i < BLOCK; i++) {
        // Past the end the first number is loaded again, which is safe, and left out.
        let offset = select(0u, offset_of(at).x, WHOLE || i < taken);
        values[i] = number_at(part.place + offset) * unit - zero;
        sum += select(V(0), values[i], WHOLE || i < taken);
        at = advance(at, step);
      }
      let more = f32(taken);
      let own = sum / more;
      var distances = V(0);
      // @unroll
      for (var i = 0u; i < BLOCK; i++) {
        let distance = select(V(0), values[i] - own, WHOLE || i < taken);
        distances += distance * distance;
      }
      let all = count + more;
      let share = more / all;
      let apart = own - mean;
      mean += apart * share;
      // The square may be infinite, and the first block is apart from nothing.
      squares += distances + select(apart * apart * (count * share), V(0), count == 0.0);
      count = all;
    }
    let far = squares > V(FAR * FAR);
    if (!any(far)) {
      break;
    }
    unit = select(unit, V(UNIT), far);
  }
  let scaled = unit < V(1);
  let center = origin + select(mean, mean / UNIT, scaled);
  write_part(part, g.parts, center, select(squares, V(0), scaled), count, select(V(0), squares, scaled));
}
