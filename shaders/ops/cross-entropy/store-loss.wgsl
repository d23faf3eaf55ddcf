// Stores the losses of lines one by one.
// types: L
@group(0) @binding(4) var<storage, read_write> losses: array<L>;

fn store_loss(line: u32, loss: L, weight: L) {
  losses[line] = loss;
}
