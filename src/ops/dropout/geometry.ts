// The options of dropout, checked, and its random numbers. Shared by the host and the reference.
import { refuse } from "../../base/error.ts";
import { checkBoolean, checkFinite, checkInteger } from "../../base/validate.ts";

/** The options of `dropout` and its gradient. */
export interface DropoutOptions {
  /** The probability that an element is dropped, from 0 to 1. Default: 0.5. */
  rate?: number;
  /** Decides which elements are dropped: an integer from 0 to 2^53 - 1. The same seed drops the same elements, in the gradient too. */
  seed: number;
  /** Whether to drop whole channels, drawn separately for each image. Default: false. */
  perChannel?: boolean;
}

export const DROPOUT_KEYS = ["rate", "seed", "perChannel"];

/** The options of `dropout` in canonical form. */
export interface Dropout {
  /** An element is dropped if the upper 24 bits of its random number are below this. */
  readonly threshold: number;
  /** Factor of the other elements, which preserves the expected value. */
  readonly scale: number;
  /** The lower and the upper half of the seed. */
  readonly seed: readonly [number, number];
  readonly perChannel: boolean;
}

/** Number of distinct random values: as many as float32 represents exactly. */
const NUMBERS = 2 ** 24;

/** @throws ConvError naming the invalid option */
export function dropoutOf(options: DropoutOptions, rank: number): Dropout {
  const rate = checkFinite("rate", options.rate ?? 0.5);
  if (rate < 0 || rate > 1) refuse("invalid-argument", "rate", rate, "a number from 0 to 1");
  const seed = checkInteger("seed", options.seed, 0, Number.MAX_SAFE_INTEGER);
  const perChannel = checkBoolean("perChannel", options.perChannel ?? false);
  if (perChannel && rank < 3) refuse("invalid-argument", "perChannel", true, "false where there are no spatial axes");
  return {
    threshold: Math.round(rate * NUMBERS),
    scale: rate < 1 ? 1 / (1 - rate) : 0,
    seed: [seed % 2 ** 32, Math.floor(seed / 2 ** 32)],
    perChannel,
  };
}

/** The 32-bit random number of a counter: the last of the three of the hash pcg3d (Jarzynski and Olano 2020, section 4). */
export function randomOf(counter: number, [low, high]: readonly [number, number]): number {
  const step = (v: number): number => (Math.imul(v, 1664525) + 1013904223) | 0;
  let [x, y, z] = [step(counter), step(low), step(high)];
  x = (x + Math.imul(y, z)) | 0;
  y = (y + Math.imul(z, x)) | 0;
  z = (z + Math.imul(x, y)) | 0;
  x ^= x >>> 16;
  y ^= y >>> 16;
  z ^= z >>> 16;
  x = (x + Math.imul(y, z)) | 0;
  y = (y + Math.imul(z, x)) | 0;
  return (z + Math.imul(x, y)) >>> 0;
}
