// Writes the value of outputs that lie beyond the outer cells along some axis.
// slots: element_at
// types: E, Map
struct Extrapolate { output: Map, begin: vec3u, threads: u32, end: vec3u, value: f32 }

@group(0) @binding(0) var<uniform> g: Extrapolate;
@group(0) @binding(1) var<storage, read_write> y: array<E>;

fn thread(index: u32) {
  let o = element_at(index, g.output);
  let place = vec3u(o.d, o.h, o.w);
  if (any(place < g.begin) || any(place >= g.end)) {
    y[index] = E(g.value);
  }
}
