// Defines `store_dmask` where there is no mask.
// types: Deform, Sample
fn store_dmask(sample: Sample, gradient: f32, g: Deform) {
}
