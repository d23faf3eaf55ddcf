// Defines `mask_of` where there is no mask.
// types: Deform, Sample
fn mask_of(sample: Sample, g: Deform) -> f32 {
  return 1.0;
}
