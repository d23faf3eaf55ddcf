// The activation of the sum of a tensor and a multiple of another.
// slots: activate_each
// types: L, V
struct Sum { threads: u32, scale: f32 }

@group(0) @binding(0) var<uniform> g: Sum;
@group(0) @binding(1) var<storage, read> a: array<V>;
@group(0) @binding(2) var<storage, read> b: array<V>;
@group(0) @binding(3) var<storage, read_write> y: array<V>;

fn thread(index: u32) {
  y[index] = V(activate_each(L(a[index]) + g.scale * L(b[index])));
}
