// Each number of an item belongs to a separate line, so W is L and K is U.
// types: K, L, U, W
fn lanes_max(v: L) -> W {
  return v;
}

fn lanes_sum(v: L) -> W {
  return v;
}

fn lanes_most(v: U) -> K {
  return v;
}
