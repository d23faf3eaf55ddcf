// Stores the gradients of both terms of a sum, neither of which is broadcast.
// slots: value
// constants: RUNS
// types: V
struct Both { threads: u32, scale: f32, factor: f32, runs: array<vec4u, RUNS> }

@group(0) @binding(0) var<uniform> g: Both;
@group(0) @binding(4) var<storage, read_write> da: array<V>;
@group(0) @binding(5) var<storage, read_write> db: array<V>;

fn thread(index: u32) {
  let gradient = value(vec3u(index));
  da[index] = V(gradient);
  db[index] = V(g.factor * gradient);
}
