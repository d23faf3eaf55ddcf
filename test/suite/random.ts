// Seeded test data: the same numbers in every run and every browser.

/** A generator of 32-bit integers (xorshift32, Marsaglia 2003). */
export function generator(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

/** A seed computed from a name (FNV-1a). */
export function seedOf(name: string): number {
  let hash = 2166136261;
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 16777619);
  return hash >>> 0 || 1;
}

/** Integers from -bound to bound, as floats: sums of their products are exact below 2^24. */
export function integers(count: number, seed: number, bound: number): Float32Array {
  const next = generator(seed);
  return Float32Array.from({ length: count }, () => (next() % (2 * bound + 1)) - bound);
}

/** Uniform numbers in [-1, 1). */
export function uniform(count: number, seed: number): Float32Array {
  const next = generator(seed);
  return Float32Array.from({ length: count }, () => next() / 2 ** 31 - 1);
}
