// Fills a tensor with zeros.
// types: V
struct Fill { threads: u32 }

@group(0) @binding(0) var<uniform> g: Fill;
@group(0) @binding(1) var<storage, read_write> y: array<V>;

fn thread(index: u32) {
  y[index] = V();
}
