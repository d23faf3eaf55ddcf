// Repeats each element `times` times in a row. An invocation stores RUN items of four results, NEAR items apart, which repeat one element or
// two.
// constants: NEAR, RUN
// types: F, V
struct Repeat { threads: u32, times: u32, elements: u32, items: u32 }

@group(0) @binding(0) var<uniform> g: Repeat;
@group(0) @binding(1) var<storage, read> source: array<V>;
@group(0) @binding(2) var<storage, read_write> result: array<F>;

fn thread(index: u32) {
  let near = index & (NEAR - 1u);
  let first = (index - near) * RUN + near;
  let times = g.times;
  let items = g.items;
  let at = 4u * first / times;
  let one = F(source[min(at, g.elements - 1u)]);
  let next = F(source[min(at + 1u, g.elements - 1u)]);
  let places = 4u * first - at * times + vec4u(0u, 1u, 2u, 3u);
  // @unroll
  for (var run = 0u; run < RUN; run++) {
    let item = first + run * NEAR;
    if (RUN == 1u || item < items) {
      result[item] = select(one, next, places + 4u * run * NEAR >= vec4u(times));
    }
  }
}
