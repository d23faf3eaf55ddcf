// Multiplies the gradient of each output by the factor common to all its cells, and stores it as S.
// slots: element_at, scaled_dy
// types: E, S, V
@group(0) @binding(1) var<storage, read> dy: array<E>;
@group(0) @binding(2) var<storage, read_write> scaled: array<S>;

fn thread(index: u32) {
  scaled[index] = S(scaled_dy(V(dy[index]), index, element_at(index, g.output)));
}
