// A cell that several windows chose gets the sum of their values.
// types: V
fn taken(state: V, value: V) -> V {
  return state + value;
}
