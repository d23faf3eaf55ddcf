// Gradients by central differences, in float64, which the backward passes of the reference are compared with.
import { expect } from "vitest";
import type { Float64NdArray, NdArray } from "../../src/reference.ts";

/** Half the distance h of the two points. The error of a difference is h^2 / 6 times the third derivative, and 2^-53 / h of rounding. */
const STEP = 1e-4;

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += a[at]! * b[at]!;
  return sum;
}

/**
 * The gradient of <f(x), dy> with respect to x.
 * @param f a function of x alone, smooth within STEP of it
 */
export function finiteDifferences(f: (x: NdArray) => NdArray, x: NdArray, dy: NdArray): Float64NdArray {
  const data = Float64Array.from(x.data);
  const gradient = new Float64Array(data.length);
  for (let at = 0; at < data.length; at++) {
    const value = data[at]!;
    const along = (step: number): number => {
      data[at] = value + step;
      return dot(f({ data, shape: x.shape }).data, dy.data);
    };
    gradient[at] = (along(STEP) - along(-STEP)) / (2 * STEP);
    data[at] = value;
  }
  return { data: gradient, shape: [...x.shape] };
}

/** Compares a gradient with central differences, to their accuracy: 1e-6 of the largest. */
export function expectGradient(got: NdArray, f: (x: NdArray) => NdArray, x: NdArray, dy: NdArray): void {
  const wanted = finiteDifferences(f, x, dy);
  expect(got.shape).toEqual(wanted.shape);
  const largest = Math.max(1, ...Array.from(wanted.data, Math.abs));
  for (let at = 0; at < wanted.data.length; at++)
    if (!(Math.abs(got.data[at]! - wanted.data[at]!) <= 1e-6 * largest))
      expect.fail(`[${at}]: got ${got.data[at]}, central differences give ${wanted.data[at]}`);
}
