// Lengths of transforms, and their passes, each of which transforms up to 32 numbers in registers.

/** A pass over `size` = first * second numbers, by two layers of the butterflies in shaders/algorithms/fft/dft/. */
export interface Radix {
  readonly size: number;
  readonly first: number;
  readonly second: number;
}

const BUTTERFLIES = [1, 2, 3, 4, 5, 7, 8];

/** Most numbers in registers: with more, compiling costs more time than another pass. */
const MAX_RADIX = 32;

/**
 * The longest transform. The twiddle table of its first pass, with a row of five vectors for each of 512 positions, fills 40 of the 64 KiB
 * of a uniform binding.
 */
export const MAX_LENGTH = 16_384;

/** The pass over a number of points, if there is one: a single butterfly, or two as near in size as possible. */
function radixOf(size: number): Radix | undefined {
  const isButterfly = (points: number): boolean => BUTTERFLIES.includes(points);
  const first = isButterfly(size) ? size : BUTTERFLIES.find((one) => one * one >= size && isButterfly(size / one));
  return first === undefined ? undefined : { size, first, second: size / first };
}

/** Number of stored frequencies of a real transform: the others are their conjugates. */
export function halfOf(size: number): number {
  return Math.floor(size / 2) + 1;
}

/**
 * Most numbers of a pass where an invocation can hold few (16 spill on Xe-LP), and the longest transform whose twiddles then fit 16 KiB, which
 * every uniform binding may have.
 */
const SMALL_RADIX = 8;
const LONGEST_IN_SMALL = 2048;

/** Whether an invocation that holds so many complex numbers can compute a pass over `size` of a transform. */
function isHeld(size: number, length: number, held: number): boolean {
  if (held >= MAX_RADIX) return true;
  return length > LONGEST_IN_SMALL ? size > SMALL_RADIX && size <= 2 * SMALL_RADIX : size <= SMALL_RADIX;
}

const found = /* @__PURE__ */ new Map<number, readonly Radix[]>();

/** The passes over a length: as few as possible, and of those the cheapest, whose cost is far below a thousand. */
function cheapest(
  length: number,
  held: number,
  order: 1 | -1,
  costOf: (list: readonly Radix[]) => number,
): readonly Radix[] {
  const key = order * (2 * length + Number(held >= MAX_RADIX));
  let best = found.get(key);
  if (best) return best;
  let least = Infinity;
  for (let size = Math.min(length, MAX_RADIX); size > 0; size--) {
    const radix = length % size === 0 && isHeld(size, length, held) ? radixOf(size) : undefined;
    const rest = length / size;
    if (!radix || (rest === length && length > 1)) continue;
    const list = [radix, ...passes(rest, held)];
    const cost = 1000 * list.length + costOf(list);
    if (cost < least) [best, least] = [list, cost];
  }
  found.set(key, best!);
  return best!;
}

/** The passes of a complex transform, whose length has at most one odd factor; of the fewest, those with the smallest sum of sizes. A length of 1 takes no pass. */
export function passes(length: number, held = MAX_RADIX): readonly Radix[] {
  if (length === 1) return [];
  return cheapest(length, held, 1, (list) => list.reduce((sum, { size }) => sum + size, 0));
}

/**
 * The passes along the width, along which the signal is real: of the fewest, those whose first one stores the smallest share of its frequencies. A length
 * of 1 has a pass over one number.
 */
export function realPasses(length: number, held = MAX_RADIX): readonly Radix[] {
  return cheapest(length, held, -1, ([first]) => halfOf(first!.size) / first!.size);
}

/** Number of complex numbers stored for a transformed real line. */
export function storedLength(length: number, held = MAX_RADIX): number {
  const { size } = realPasses(length, held)[0]!;
  return (length / size) * halfOf(size);
}

/**
 * The shortest length of at least `least`, undefined beyond MAX_LENGTH: 1 to 8 times a power of two, so that maps of similar sizes share lengths, and
 * with them kernels and spectra of the weights. They are at most a quarter longer; estimates for 5x5 to 31x31 kernels on maps of 20x20 to 112x112
 * are those of all products of 2, 3, 5 and 7 within 3 %, with half as many lengths.
 */
export function lengthAtLeast(least: number): number | undefined {
  const unit = 2 ** Math.max(0, Math.ceil(Math.log2(least)) - 3);
  const length = Math.ceil(least / unit) * unit;
  return length > MAX_LENGTH ? undefined : length;
}
