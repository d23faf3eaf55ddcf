// Gradients of all pooling but by indices.
// types: Window
fn note(window: Window, first: vec3u, inside: bool) {
}
