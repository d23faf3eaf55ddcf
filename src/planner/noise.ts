// Noise: the data that measurements run on. Adapters may be faster on zeros than on other numbers.

/** Returns uniform pseudorandom numbers in [-1, 1), the same for the same seed (xorshift32, Marsaglia 2003). */
export function noise(count: number, seed: number): Float32Array {
  let state = seed | 1;
  return Float32Array.from({ length: count }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 31 - 1;
  });
}
