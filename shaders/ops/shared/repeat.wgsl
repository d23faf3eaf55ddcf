// Repeats each element `times` times in a row, at least three times. An invocation stores four results, which repeat one element or two.
// types: F, V
struct Repeat { threads: u32, times: u32, elements: u32 }

@group(0) @binding(0) var<uniform> g: Repeat;
@group(0) @binding(1) var<storage, read> source: array<V>;
@group(0) @binding(2) var<storage, read_write> result: array<F>;

fn thread(index: u32) {
  let at = 4u * index / g.times;
  let places = 4u * index - at * g.times + vec4u(0u, 1u, 2u, 3u);
  result[index] = select(F(source[at]), F(source[min(at + 1u, g.elements - 1u)]), places >= vec4u(g.times));
}
