// The discrete Fourier transform of 4 complex numbers, kernel exp(-2 pi i j k / 4): only additions.
fn dft4(v: array<vec2f, 4>) -> array<vec2f, 4> {
  let even_sum = v[0] + v[2];
  let even_turn = v[0] - v[2];
  let odd_sum = v[1] + v[3];
  let odd_turn = v[1] - v[3];
  let quarter = vec2f(odd_turn.y, -odd_turn.x);
  return array(even_sum + odd_sum, even_turn + quarter, even_sum - odd_sum, even_turn - quarter);
}
