// An elementwise function of a tensor and another that is broadcast over it.
// slots: beside, combined
// types: L, V
@group(0) @binding(2) var<storage, read> x: array<V>;
@group(0) @binding(3) var<storage, read_write> y: array<V>;

fn thread(index: u32) {
  y[index] = V(combined(L(x[index]), beside(index)));
}
