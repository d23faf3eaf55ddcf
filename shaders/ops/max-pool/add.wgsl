// What several windows have for a cell adds up.
// types: V
fn taken(state: V, value: V) -> V {
  return state + value;
}
