// Copies a feature map whose images are already stored as rows. An invocation copies one element, or four.
// types: E
struct Flatten { threads: u32 }

@group(0) @binding(0) var<uniform> g: Flatten;
@group(0) @binding(1) var<storage, read> x: array<E>;
@group(0) @binding(2) var<storage, read_write> y: array<E>;

fn thread(index: u32) {
  y[index] = x[index];
}
