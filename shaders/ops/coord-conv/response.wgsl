// The convolution of the coordinates, which is the same for every image of so many elements, plus the residual if there is one.
// constants: HAS_RESIDUAL
// types: E, R
struct Response { threads: u32, image: u32 }

@group(0) @binding(0) var<uniform> g: Response;
@group(0) @binding(1) var<storage, read> response: array<f32>;
@group(0) @binding(2) var<storage, read> residual: array<R>;
@group(0) @binding(3) var<storage, read_write> y: array<E>;

fn thread(index: u32) {
  var sum = response[index % g.image];
  if (HAS_RESIDUAL) {
    sum += f32(residual[index]);
  }
  y[index] = E(sum);
}
