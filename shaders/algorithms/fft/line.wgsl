// The discrete Fourier transform of a line of RADIX = FIRST * SECOND complex numbers in registers: FIRST-point transforms over every SECOND-th
// number, a rotation, then SECOND-point transforms over the results (Cooley and Tukey 1965). first_dft and second_dft stand for two of the dft/*
// functions. ROOTS holds cos and -sin of 2 pi j / RADIX for each j.
// slots: first_dft, second_dft
// constants: FIRST, RADIX, ROOTS, SECOND
alias Line = array<vec2f, RADIX>;

fn complex_product(a: vec2f, b: vec2f) -> vec2f {
  return vec2f(a.x * b.x - a.y * b.y, a.x * b.y + a.y * b.x);
}

fn transform(line: Line) -> Line {
  var between: Line;
  // @unroll
  for (var j = 0u; j < SECOND; j++) {
    var part: array<vec2f, FIRST>;
    // @unroll
    for (var i = 0u; i < FIRST; i++) {
      part[i] = line[i * SECOND + j];
    }
    part = first_dft(part);
    // @unroll
    for (var k = 0u; k < FIRST; k++) {
      if (j * k == 0u) {
        between[k * SECOND + j] = part[k];
      } else {
        between[k * SECOND + j] = complex_product(part[k], vec2f(ROOTS[2u * j * k], ROOTS[2u * j * k + 1u]));
      }
    }
  }
  var result: Line;
  // @unroll
  for (var k = 0u; k < FIRST; k++) {
    var part: array<vec2f, SECOND>;
    // @unroll
    for (var j = 0u; j < SECOND; j++) {
      part[j] = between[k * SECOND + j];
    }
    part = second_dft(part);
    // @unroll
    for (var m = 0u; m < SECOND; m++) {
      result[k + FIRST * m] = part[m];
    }
  }
  return result;
}
