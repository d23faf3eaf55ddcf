// The gradient of each loss.
// types: L
@group(0) @binding(5) var<storage, read> dy: array<L>;

fn loss_gradient(line: u32) -> L {
  return dy[line];
}
