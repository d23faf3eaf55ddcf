// Lengths of transforms, which are products of 2, 3, 5 and 7, and their passes, each of which transforms up to 32 numbers in registers.

/** A pass over `size` = first * second numbers, by two layers of the butterflies in shaders/algorithms/fft/dft/. */
export interface Radix {
  readonly size: number;
  readonly first: number;
  readonly second: number;
}

const BUTTERFLIES = [1, 2, 3, 4, 5, 7, 8] as const;

/** Most numbers in registers: with more, compiling costs more time than another pass. */
const MAX_RADIX = 32;

/**
 * The longest transform. The twiddle table of its first pass, with a row of five vectors for each of 512 positions, fills 40 of the 64 KiB
 * of a uniform binding.
 */
export const MAX_LENGTH = 16_384;

/** The radices by size: products of two butterflies, as near in size as possible. */
const RADICES: ReadonlyMap<number, Radix> = (() => {
  const radices = new Map<number, Radix>();
  for (const first of BUTTERFLIES) {
    for (const second of BUTTERFLIES) {
      const size = first * second;
      const known = radices.get(size);
      if (second <= first && size <= MAX_RADIX && (!known || first < known.first || known.second === 1)) {
        // A single butterfly replaces two with a rotation between them.
        if (known?.second !== 1) radices.set(size, { size, first, second });
      }
    }
  }
  return radices;
})();

const passesOf = new Map<number, readonly Radix[] | undefined>();

/**
 * The passes of a complex transform, the largest radix first: as few as possible, and of those with the smallest sum of sizes.
 * Undefined for a length with a factor other than 2, 3, 5 and 7. A length of 1 takes no pass.
 */
export function passes(length: number): readonly Radix[] | undefined {
  if (length === 1) return [];
  if (passesOf.has(length)) return passesOf.get(length);
  let best: readonly Radix[] | undefined;
  const sum = (list: readonly Radix[]): number => list.reduce((total, { size }) => total + size, 0);
  for (const radix of RADICES.values()) {
    if (radix.size === 1 || length % radix.size !== 0) continue;
    const rest = passes(length / radix.size);
    if (!rest) continue;
    const list = [radix, ...rest].toSorted((a, b) => b.size - a.size);
    if (!best || list.length < best.length || (list.length === best.length && sum(list) < sum(best))) best = list;
  }
  passesOf.set(length, best);
  return best;
}

/**
 * The passes along the width, along which the signal is real: the first pass stores half of its frequencies, rounded up, so its radix is the one
 * that stores least. There is always at least one pass; a length of 1 has a pass over one number.
 */
export function realPasses(length: number): readonly Radix[] | undefined {
  let list = realPassesOf.get(length);
  if (list) return list;
  const complex = passes(length);
  if (!complex) return undefined;
  list = complex.length === 0 ? [{ size: 1, first: 1, second: 1 }] : leastStoredFirst(complex);
  realPassesOf.set(length, list);
  return list;
}

const realPassesOf = /* @__PURE__ */ new Map<number, readonly Radix[]>();

function leastStoredFirst(list: readonly Radix[]): readonly Radix[] {
  const stored = ({ size }: Radix): number => halfOf(size) / size;
  const first = list.reduce((best, one) => (stored(one) < stored(best) ? one : best));
  return [first, ...list.toSpliced(list.indexOf(first), 1)];
}

/** Number of stored frequencies of a real transform: the others are their conjugates. */
export function halfOf(size: number): number {
  return Math.floor(size / 2) + 1;
}

/** Number of complex numbers stored for a transformed real line. */
export function storedLength(length: number): number {
  const [first] = realPasses(length) ?? [];
  return first ? (length / first.size) * halfOf(first.size) : length;
}

/** The shortest length of at least `least` that has passes; undefined beyond MAX_LENGTH. */
export function lengthAtLeast(least: number): number | undefined {
  for (let length = least; length <= MAX_LENGTH; length++) if (passes(length)) return length;
  return undefined;
}
