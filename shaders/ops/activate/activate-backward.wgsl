// A gradient times the derivative of an activation, which is computed from `source`. An invocation computes one item of four elements or
// one.
// slots: derivative_each
// types: L, V
struct Items { threads: u32 }

@group(0) @binding(0) var<uniform> g: Items;
@group(0) @binding(1) var<storage, read> dy: array<V>;
@group(0) @binding(2) var<storage, read> source: array<V>;
@group(0) @binding(3) var<storage, read_write> dx: array<V>;

fn thread(index: u32) {
  dx[index] = V(L(dy[index]) * derivative_each(L(source[index])));
}
