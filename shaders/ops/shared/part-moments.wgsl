// The moments of a part of a set. Takes BLOCK numbers at a time: computes their mean, then the squares of their distances from it (the
// two-pass method), and merges these moments with the earlier ones. The numbers stay in registers, so each is loaded once. All are taken
// relative to the first, so the mean of equal numbers is that number, and large numbers that lie close together have small sums. WHOLE: all
// blocks are full. MAGNITUDES: of the absolute values.
// slots: advance, member_at, offset_of, part_at, write_part
// constants: BLOCK, FAR, MAGNITUDES, UNIT, WHOLE
// types: E, Partition, V

@group(0) @binding(0) var<uniform> g: Partition;
@group(0) @binding(1) var<storage, read_write> results: array<vec4f>;
@group(0) @binding(2) var<storage, read> x: array<E>;

fn number_at(place: u32) -> V {
  let number = V(x[place]);
  return select(number, abs(number), MAGNITUDES);
}

fn thread(index: u32) {
  let part = part_at(index, g);
  let step = member_at(g.parts, g);
  var at = member_at(part.part, g);
  let origin = number_at(part.place + offset_of(at, g).x);
  var mean = V(0);
  var squares = V(0);
  var far_squares = V(0);
  var count = 0.0;
  for (var first = part.part; first < g.terms; first += BLOCK * g.parts) {
    var values: array<V, BLOCK>;
    var sum = V(0);
    var largest = abs(mean);
    var taken = BLOCK;
    if (!WHOLE) {
      taken = min((g.terms - first + g.parts - 1u) / g.parts, BLOCK);
    }
    // @unroll
    for (var i = 0u; i < BLOCK; i++) {
      // Past the end the first number is loaded again, which is safe, and left out.
      let offset = select(0u, offset_of(at, g).x, WHOLE || i < taken);
      values[i] = number_at(part.place + offset) - origin;
      sum += select(V(0), values[i], WHOLE || i < taken);
      largest = max(largest, abs(values[i]));
      at = advance(at, step, g);
    }
    let more = f32(taken);
    let own = sum / more;
    let far = largest > V(FAR);
    let unit = select(V(1), V(UNIT), far);
    var distances = V(0);
    // @unroll
    for (var i = 0u; i < BLOCK; i++) {
      let distance = select(V(0), (values[i] - own) * unit, WHOLE || i < taken);
      distances += distance * distance;
    }
    let all = count + more;
    let share = more / all;
    let apart = own - mean;
    mean += apart * share;
    distances += apart * unit * (apart * unit) * (count * share);
    squares += select(distances, V(0), far);
    far_squares += select(V(0), distances, far);
    count = all;
  }
  write_part(part, g.parts, origin + mean, squares, count, far_squares);
}
