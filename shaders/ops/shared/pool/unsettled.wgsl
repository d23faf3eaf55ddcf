// Only notes indices.
// types: Element
struct Outcome { stored: bool }

fn settle(o: Element, place: u32, at: vec3u, cell: u32, is_own: bool) -> Outcome {
  return Outcome(false);
}

fn store_outcome(outcome: Outcome) {
}
