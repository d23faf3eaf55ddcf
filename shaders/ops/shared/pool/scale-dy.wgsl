// Multiplies the gradient of each output by the factor common to all its cells.
// slots: element_at, scaled_dy
// types: E, V
@group(0) @binding(1) var<storage, read> dy: array<E>;
@group(0) @binding(2) var<storage, read_write> scaled: array<V>;

fn thread(index: u32) {
  scaled[index] = scaled_dy(V(dy[index]), index, element_at(index, g.output));
}
