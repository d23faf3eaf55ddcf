// The four numbers of an item belong to one line, so W and K are one number.
// types: K, L, U, W
fn lanes_max(v: L) -> W {
  return max(max(v.x, v.y), max(v.z, v.w));
}

fn lanes_sum(v: L) -> W {
  return (v.x + v.y) + (v.z + v.w);
}

fn lanes_most(v: U) -> K {
  return max(max(v.x, v.y), max(v.z, v.w));
}
