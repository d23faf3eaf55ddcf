// Applies an activation. An invocation computes one item of four elements or one: V in storage, L in arithmetic.
// slots: activate_each
// types: L, V
struct Items { threads: u32 }

@group(0) @binding(0) var<uniform> g: Items;
@group(0) @binding(1) var<storage, read> x: array<V>;
@group(0) @binding(2) var<storage, read_write> y: array<V>;

fn thread(index: u32) {
  y[index] = V(activate_each(L(x[index])));
}
