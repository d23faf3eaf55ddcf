// What each cell of a window gets of a gradient, as far as it is the same for all of them.
// slots: element_at, share_of
// types: E, V
@group(0) @binding(1) var<storage, read> dy: array<E>;
@group(0) @binding(2) var<storage, read_write> shares: array<V>;

fn thread(index: u32) {
  shares[index] = share_of(V(dy[index]), index, element_at(index, g.output));
}
