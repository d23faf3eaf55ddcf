// The numbers that measurements run on: no adapter is faster on them than on others.

/** Uniform numbers in [-1, 1), never zeros: an adapter may be fast on zeros (xorshift32, Marsaglia 2003). */
export function noise(count: number, seed: number): Float32Array {
  let state = seed | 1;
  return Float32Array.from({ length: count }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 31 - 1;
  });
}
