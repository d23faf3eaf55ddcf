// Defines `store_dmask` where there is a mask.
// slots: offset_place
// types: Deform, E, Sample
@group(0) @binding(6) var<storage, read_write> dmask: array<E>;

fn store_dmask(sample: Sample, gradient: f32, g: Deform) {
  dmask[offset_place(sample, 1u, 0u, g)] = E(gradient);
}
