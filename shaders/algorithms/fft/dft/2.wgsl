// The discrete Fourier transform of 2 complex numbers (real part, imaginary part).
fn dft2(v: array<vec2f, 2>) -> array<vec2f, 2> {
  return array(v[0] + v[1], v[0] - v[1]);
}
