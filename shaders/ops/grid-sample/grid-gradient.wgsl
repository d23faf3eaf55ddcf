// The gradient of the coordinates of an output: a sum over its cells in all channels.
// slots: pixel, plane_at, sample_at
// constants: ALL, RANK, TAPS
// types: E, G
@group(0) @binding(2) var<storage, read> x: array<E>;
@group(0) @binding(3) var<storage, read> dy: array<E>;
@group(0) @binding(4) var<storage, read_write> dgrid: array<G>;

fn thread(sample: u32) {
  let n = sample / g.points;
  let s = sample_at(sample);
  var places: array<u32, ALL>;
  var slopes: array<vec3f, ALL>;
  // @unroll
  for (var k = 0u; k < ALL; k++) {
    let i = k / (TAPS * TAPS);
    let j = k / TAPS % TAPS;
    let l = k % TAPS;
    places[k] = ((s.z.cells[i] * g.height + s.y.cells[j]) * g.width + s.x.cells[l]) * pixel();
    let u = s.x.weights[l];
    let v = s.y.weights[j];
    let w = s.z.weights[i];
    slopes[k] = vec3f(s.x.slopes[l] * v * w, u * s.y.slopes[j] * w, u * v * s.z.slopes[i]);
  }
  let cells = g.depth * g.height * g.width;
  let point = (sample - n * g.points) * pixel();
  // The slopes are the same in all channels.
  var products: array<f32, ALL>;
  for (var channel = 0u; channel < g.channels; channel++) {
    let plane = plane_at(n, channel, cells);
    let gradient = f32(dy[plane_at(n, channel, g.points) + point]);
    // @unroll
    for (var k = 0u; k < ALL; k++) {
      products[k] += gradient * f32(x[plane + places[k]]);
    }
  }
  var sum = vec3f();
  // @unroll
  for (var k = 0u; k < ALL; k++) {
    sum += select(vec3f(), slopes[k] * products[k], slopes[k] != vec3f());
  }
  dgrid[sample * RANK] = G(sum.x);
  dgrid[sample * RANK + 1u] = G(sum.y);
  if (RANK == 3u) {
    dgrid[sample * RANK + 2u] = G(sum.z);
  }
}
