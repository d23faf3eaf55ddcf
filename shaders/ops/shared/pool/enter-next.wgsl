// Links the windows of each list in any order.
// slots: atomicExchange
@group(0) @binding(3) var<storage, read_write> next: array<u32>;

fn enter(cell: u32, entry: u32) {
  next[entry - 1u] = atomicExchange(&heads[1u + cell], entry);
}
