// The discrete Fourier transform of one complex number, which is the number itself.
fn dft1(v: array<vec2f, 1>) -> array<vec2f, 1> {
  return v;
}
