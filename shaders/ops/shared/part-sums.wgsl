// Two sums over a part of a set (BY_SET) or over a part of the elements that share a parameter: of the gradient, and of its products with
// the normalised numbers. BY_SET the gradient is multiplied by the scale.
// slots: advance, center_at, member_at, offset_of, part_at, scale_at, write_part
// constants: BY_SET, OTHER_MOVES
// types: E, S, V
@group(0) @binding(1) var<storage, read_write> results: array<vec4f>;
@group(0) @binding(2) var<storage, read> dy: array<E>;
@group(0) @binding(3) var<storage, read> x: array<E>;
@group(0) @binding(4) var<storage, read> inverse: array<S>;

fn thread(index: u32) {
  let part = part_at(index);
  let step = member_at(part.distance);
  var at = member_at(part.first);
  let first = select(part.other, part.owner, BY_SET);
  var center = center_at(first);
  var factor = V(inverse[first]);
  var scaling = V(1);
  if (BY_SET) {
    scaling = scale_at(part.other);
  }
  var sum = V(0);
  var products = V(0);
  for (var number = part.first; number < part.end; number += part.distance) {
    let offset = offset_of(at);
    if (OTHER_MOVES) {
      let other = part.other + offset.y;
      if (BY_SET) {
        scaling = scale_at(other);
      } else {
        center = center_at(other);
        factor = V(inverse[other]);
      }
    }
    let place = part.place + offset.x;
    let gradient = V(dy[place]) * scaling;
    sum += gradient;
    products += gradient * ((V(x[place]) - center) * factor);
    at = advance(at, step);
  }
  write_part(part, g.parts, sum, products, 0.0, V(0));
}
