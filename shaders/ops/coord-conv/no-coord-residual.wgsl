// Defines `added` where the caller gives no residual.
// types: E
@group(0) @binding(2) var<storage, read_write> y: array<E>;

fn added(at: u32) -> f32 {
  return 0.0;
}
