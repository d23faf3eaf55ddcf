// The gradients of a sum with respect to both terms.
// slots: before_activation
// types: L, V
struct Sum { threads: u32, scale: f32 }

@group(0) @binding(0) var<uniform> g: Sum;
@group(0) @binding(1) var<storage, read> dy: array<V>;
@group(0) @binding(2) var<storage, read_write> da: array<V>;
@group(0) @binding(3) var<storage, read_write> db: array<V>;

fn thread(index: u32) {
  let gradient = before_activation(L(dy[index]), index);
  da[index] = V(gradient);
  db[index] = V(g.scale * gradient);
}
