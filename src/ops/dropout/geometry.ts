// The options of dropout, and its random numbers. Shared by the engine and the reference.
import { refuse } from "../../base/error.ts";
import { checkBoolean, checkFinite, checkInteger } from "../../base/validate.ts";

export interface DropoutOptions {
  /** The probability that an element is dropped, from 0 to 1; 1/2 unless given. */
  rate?: number;
  /** What decides which ones, an integer from 0 to 2^53 - 1: the same ones every time, and of the gradient. */
  seed: number;
  /** Whether whole channels are dropped, of each element of the batch others; false unless given. */
  perChannel?: boolean;
}

export const DROPOUT_KEYS = ["rate", "seed", "perChannel"];

export interface Dropout {
  /** An element is kept where the upper 24 bits of its random number are not below this. */
  readonly threshold: number;
  /** What those that are kept are multiplied by, so that the expected value stays. */
  readonly scale: number;
  /** The lower and the upper half of the seed. */
  readonly seed: readonly [number, number];
  readonly perChannel: boolean;
}

/** Random numbers that decide: so many, which float32 has exactly. */
const NUMBERS = 2 ** 24;

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

/** The random number, 32 bits, of a counter: the last of the three that the hash pcg3d (Jarzynski and Olano 2020, section 4) makes. */
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
