// What several windows have for a cell adds up.
fn taken(state: V, value: V) -> V {
  return state + value;
}
