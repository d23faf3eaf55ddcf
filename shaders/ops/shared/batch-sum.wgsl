// Sums each element of an image over the batch, one element per invocation.
// slots: load
// types: Y
struct Sum { threads: u32, batch: u32 }

@group(0) @binding(0) var<uniform> g: Sum;
@group(0) @binding(2) var<storage, read_write> y: array<Y>;

fn thread(index: u32) {
  var sum = 0.0;
  for (var n = 0u; n < g.batch; n++) {
    sum += load(n * g.threads + index);
  }
  y[index] = Y(sum);
}
