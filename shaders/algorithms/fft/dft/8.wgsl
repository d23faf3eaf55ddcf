// The discrete Fourier transform of 8 complex numbers, kernel exp(-2 pi i j k / 8): two of 4, over sums and rotated differences.
// slots: dft4
fn dft8(v: array<vec2f, 8>) -> array<vec2f, 8> {
  const HALF_ROOT = 0.70710678118654752440;
  let d0 = v[0] - v[4];
  let d1 = v[1] - v[5];
  let d2 = v[2] - v[6];
  let d3 = v[3] - v[7];
  let even = dft4(array(v[0] + v[4], v[1] + v[5], v[2] + v[6], v[3] + v[7]));
  let odd = dft4(array(
    d0,
    HALF_ROOT * vec2f(d1.x + d1.y, d1.y - d1.x),
    vec2f(d2.y, -d2.x),
    HALF_ROOT * vec2f(d3.y - d3.x, -d3.x - d3.y),
  ));
  return array(even[0], odd[0], even[1], odd[1], even[2], odd[2], even[3], odd[3]);
}
