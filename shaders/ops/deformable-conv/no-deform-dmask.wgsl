// There is no mask to have a gradient.
// types: Deform, Sample
fn store_dmask(sample: Sample, gradient: f32, g: Deform) {
}
