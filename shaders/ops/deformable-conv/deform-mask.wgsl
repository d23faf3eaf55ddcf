// Defines `mask_of` where there is a mask.
// slots: offset_place
// types: Deform, E, Sample
@group(0) @binding(7) var<storage, read> mask: array<E>;

fn mask_of(sample: Sample, g: Deform) -> f32 {
  return f32(mask[offset_place(sample, 1u, 0u, g)]);
}
