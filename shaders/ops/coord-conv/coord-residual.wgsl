// Defines `added` where the caller gives a residual.
// types: E
@group(0) @binding(2) var<storage, read> residual: array<E>;
@group(0) @binding(3) var<storage, read_write> y: array<E>;

fn added(at: u32) -> f32 {
  return f32(residual[at]);
}
