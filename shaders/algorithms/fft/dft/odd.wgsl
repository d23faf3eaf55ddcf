// The discrete Fourier transform of ODD complex numbers, by sums and differences of conjugate terms. ODD_ROOTS holds cos and -sin of 2 pi j / ODD for
// each j.
// constants: ODD, ODD_ROOTS
fn dft_odd(v: array<vec2f, ODD>) -> array<vec2f, ODD> {
  var result: array<vec2f, ODD>;
  result[0] = v[0];
  // @unroll
  for (var k = 1u; k < ODD / 2u + 1u; k++) {
    result[0] += v[k] + v[ODD - k];
    var middle = v[0];
    var side = vec2f();
    // @unroll
    for (var j = 1u; j < ODD / 2u + 1u; j++) {
      middle += ODD_ROOTS[2u * (j * k % ODD)] * (v[j] + v[ODD - j]);
      side += ODD_ROOTS[2u * (j * k % ODD) + 1u] * (v[j] - v[ODD - j]);
    }
    let quarter = vec2f(-side.y, side.x);
    result[k] = middle + quarter;
    result[ODD - k] = middle - quarter;
  }
  return result;
}
