// Checks of single arguments. Each returns the checked value or throws a ConvError that names the argument.
import { refuse, words } from "./error.ts";

/** Largest element count of one tensor: shader index arithmetic is 32-bit and signed coordinates must not wrap. */
export const MAX_ELEMENTS = 2 ** 31 - 1;

/** Checks for an integer from `least` to `most`. */
export function checkInteger(argument: string, value: unknown, least: number, most = MAX_ELEMENTS): number {
  if (most === MAX_ELEMENTS && Number.isInteger(value) && (value as number) > most) {
    refuse("too-large", argument, value, `at most ${most}`);
  }
  if (typeof value !== "number" || !Number.isInteger(value) || value < least || value > most) {
    refuse(
      "invalid-argument",
      argument,
      value,
      most < MAX_ELEMENTS
        ? `an integer from ${least} to ${most}`
        : `an integer${least > -MAX_ELEMENTS ? ` of at least ${least}` : ""}`,
    );
  }
  return value;
}

/** Checks for a number that stays finite as f32, the type in which shaders take it. */
export function checkFinite(argument: string, value: unknown): number {
  if (typeof value !== "number" || !Number.isFinite(Math.fround(value))) {
    refuse("invalid-argument", argument, value, "a finite number in the range of f32");
  }
  return value;
}

/** Checks for one of the allowed names. */
export function checkOneOf<T extends string>(argument: string, value: unknown, allowed: readonly T[]): T {
  if (typeof value !== "string" || !(allowed as readonly string[]).includes(value)) {
    refuse("invalid-argument", argument, value, `one of ${allowed.map((name) => `"${name}"`).join(", ")}`);
  }
  return value as T;
}

/** Checks for a boolean. */
export function checkBoolean(argument: string, value: unknown): boolean {
  if (typeof value !== "boolean") refuse("invalid-argument", argument, value, "true or false");
  return value;
}

/** Checks for a plain object whose keys are all allowed. */
export function checkOptions(argument: string, value: unknown, allowed: readonly string[]): Record<string, unknown> {
  // A Map or a GPUDevice is an object too, but its entries are not options and would be ignored.
  if (typeof value !== "object" || value === null || Object.prototype.toString.call(value) !== "[object Object]") {
    refuse("invalid-argument", argument, value, "an object of options");
  }
  for (const key of Object.keys(value)) {
    if (!allowed.includes(key)) refuse("unknown-option", argument, key, `no option but ${allowed.join(", ")}`);
  }
  return value as Record<string, unknown>;
}

/** Checks for an AbortSignal or undefined. */
export function checkSignal(argument: string, value: unknown): AbortSignal | undefined {
  if (value !== undefined && !(value instanceof AbortSignal))
    refuse("invalid-argument", argument, words(typeof value), "an AbortSignal");
  return value;
}

/** The ranks that a tensor may have. */
export const RANKS = [0, 1, 2, 3, 4, 5, 6, 7, 8];

/** Checks for a shape of one of the given ranks, whose sizes are at least `least`: a tensor of size 0 along an axis is empty. */
export function checkShape(argument: string, value: unknown, ranks: readonly number[], least = 0): number[] {
  const expected = `an array of ${ranks.length === 1 ? ranks[0] : `${ranks[0]} to ${ranks.at(-1)}`} sizes`;
  if (!Array.isArray(value) || !ranks.includes(value.length)) refuse("shape-mismatch", argument, value, expected);
  // Array.from: map would skip the holes of a sparse array.
  const shape = Array.from(value, (size: unknown, axis) => checkInteger(`${argument}[${axis}]`, size, least));
  const count = shape.reduce((product, size) => product * size, 1);
  if (count > MAX_ELEMENTS) refuse("too-large", argument, shape, `at most ${MAX_ELEMENTS} elements`);
  return shape;
}

/** Checks for one integer for all spatial axes, or a list with one for each; returns the list. */
export function checkPerAxis(argument: string, value: unknown, rank: number, least: number): number[] {
  if (Array.isArray(value)) {
    if (value.length !== rank)
      refuse("shape-mismatch", argument, value, `a number or an array of ${rank}, one for each spatial axis`);
    return Array.from(value, (item: unknown, axis) => checkInteger(`${argument}[${axis}]`, item, least));
  }
  return Array.from({ length: rank }, () => checkInteger(argument, value, least));
}
