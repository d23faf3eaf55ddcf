// Gradients by central differences, in float64, which the backward passes of the reference are compared with.
import { expect } from "vitest";
import type { NdArray } from "../../src/reference.ts";

/** Half the distance h of the two points. The error of a difference is h^2 / 6 times the third derivative, and 2^-53 / h of rounding. */
const STEP = 1e-4;

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += a[at]! * b[at]!;
  return sum;
}

/** Elements of f's argument and result that its runs may take together, and fewest elements of a gradient that are compared: each takes two runs. */
const MOST_WORK = 2e7;
const FEWEST_COMPARED = 20;

/**
 * Some elements of the gradient of <f(x), dy> with respect to x, by their index.
 * @param f a function of x alone, smooth within STEP of it
 */
function finiteDifferences(f: (x: NdArray) => NdArray, x: NdArray, dy: NdArray): Map<number, number> {
  const data = Float64Array.from(x.data);
  const gradient = new Map<number, number>();
  const compared = Math.max(FEWEST_COMPARED, MOST_WORK / (data.length + dy.data.length));
  // A prime shares no factor with the sizes of axes: the elements lie in all rows and columns.
  const stride = compared >= data.length ? 1 : nextPrime(Math.ceil(data.length / compared));
  for (let at = 0; at < data.length; at += stride) {
    const value = data[at]!;
    const along = (step: number): number => {
      data[at] = value + step;
      return dot(f({ data, shape: x.shape }).data, dy.data);
    };
    gradient.set(at, (along(STEP) - along(-STEP)) / (2 * STEP));
    data[at] = value;
  }
  return gradient;
}

function nextPrime(from: number): number {
  let prime = Math.max(2, from);
  const isPrime = (one: number): boolean => {
    for (let factor = 2; factor * factor <= one; factor++) if (one % factor === 0) return false;
    return true;
  };
  while (!isPrime(prime)) prime++;
  return prime;
}

/** Compares a gradient with central differences, to their accuracy: 1e-6 of the largest. */
export function expectGradient(got: NdArray, f: (x: NdArray) => NdArray, x: NdArray, dy: NdArray): void {
  const wanted = finiteDifferences(f, x, dy);
  expect(got.shape).toEqual([...x.shape]);
  const largest = Math.max(1, ...Array.from(wanted.values(), Math.abs));
  for (const [at, value] of wanted)
    if (!(Math.abs(got.data[at]! - value) <= 1e-6 * largest))
      expect.fail(`[${at}]: got ${got.data[at]}, central differences give ${value}`);
}
