// The states of the first axis of a gradient: windows, whose values do not depend on their places.
// slots: load_window, with_loaded
// types: State, V
fn cell_state(place: u32, position: u32) -> State {
  return with_loaded(V(0.0), load_window(place, vec3u(), true), 0u);
}
