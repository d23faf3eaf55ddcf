// Only notes indices.
// types: Element
fn settle(o: Element, place: u32, at: vec3u, cell: u32, is_own: bool) {
}
