// Each number of an item belongs to a separate line, so W is L.
// types: L, W
fn lanes_max(v: L) -> W {
  return v;
}

fn lanes_sum(v: L) -> W {
  return v;
}
