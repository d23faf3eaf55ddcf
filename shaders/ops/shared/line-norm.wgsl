// The sum of exponentials along a line, in blocks of BLOCK elements: a block is loaded, then its exponentials relative to the largest element so
// far are added to the rescaled sum of the blocks before it (Milakov and Gimelshein 2018, algorithm 3). EVEN: all blocks are full.
//
// NaN and +Infinity spoil a line, and are found by their bits, because compilers may assume that there are none. -Infinity adds 0.
// slots: exp_of
// constants: BLOCK, EVEN, THREADS
// types: I, L, Lines, Norm, U
const LOWEST = -3.4028234e38;

fn norm_along(start: u32, first: u32, lines: Lines) -> Norm {
  var norm = Norm(L(LOWEST), L(0.0), U(0u));
  for (var c = first; c < lines.size; c += BLOCK * THREADS) {
    var largest = norm.largest;
    // Those of NaN with a sign, and of +Infinity and NaN without one, are larger than all others.
    var bits = U(0u);
    var signed_bits = I(0);
    var values: array<L, BLOCK>;
    // @unroll
    for (var i = 0u; i < BLOCK; i++) {
      // Past the end the first element of the block is loaded again, and not added.
      let at = select(c, c + i * THREADS, EVEN | (c + i * THREADS < lines.size));
      values[i] = L(x[start + at * lines.inner]);
      largest = max(largest, values[i]);
      bits = max(bits, bitcast<U>(values[i]));
      signed_bits = max(signed_bits, bitcast<I>(values[i]));
    }
    var sum = norm.sum * exp_of(norm.largest - largest);
    // @unroll
    for (var i = 0u; i < BLOCK; i++) {
      sum += select(L(0.0), exp_of(values[i] - largest), EVEN | (c + i * THREADS < lines.size));
    }
    let spoilt = (bits > U(0xff800000u)) | (signed_bits >= I(0x7f800000));
    norm = Norm(largest, sum, select(norm.spoilt, U(1u), spoilt));
  }
  return norm;
}
