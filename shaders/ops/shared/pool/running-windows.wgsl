// The states of the first axis of a gradient: windows.
// slots: load_window, with_loaded
// types: State, V
fn cell_state(place: u32, position: u32) -> State {
  return with_loaded(V(0.0), load_window(place, true), 0u);
}
