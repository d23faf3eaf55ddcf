// Fills a tensor with zeros: an invocation stores RUN items, as far apart as there are invocations.
// constants: RUN
// types: V
struct Fill { threads: u32 }

@group(0) @binding(0) var<uniform> g: Fill;
@group(0) @binding(1) var<storage, read_write> y: array<V>;

fn thread(index: u32) {
  let apart = g.threads;
  // @unroll
  for (var run = 0u; run < RUN; run++) {
    y[index + run * apart] = V();
  }
}
