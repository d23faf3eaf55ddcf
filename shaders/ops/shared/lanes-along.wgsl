// The four numbers of an item belong to one line, so W is one number.
// types: L, W
fn lanes_max(v: L) -> W {
  return max(max(v.x, v.y), max(v.z, v.w));
}

fn lanes_sum(v: L) -> W {
  return (v.x + v.y) + (v.z + v.w);
}
