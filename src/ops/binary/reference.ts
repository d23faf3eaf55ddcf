// CPU reference of the functions of two arrays that are broadcast over each other, and of their gradients, in float64.
import type { Float64NdArray, NdArray } from "../../reference/ndarray.ts";
import { combined, pairGradients } from "../shared/reference/broadcast.ts";

interface Pair {
  da: Float64NdArray;
  db: Float64NdArray;
}

/** `multiply` of convoke/ops, in float64: a * b. */
export function multiply(a: NdArray, b: NdArray): Float64NdArray {
  return combined({ a, b }, (one, other) => one * other);
}

/** `multiplyBackward` of convoke/ops, in float64. */
export function multiplyBackward(dy: NdArray, a: NdArray, b: NdArray): Pair {
  return pairGradients(
    dy,
    a,
    b,
    (v, _, other) => v * other,
    (v, one) => v * one,
  );
}

/** `divide` of convoke/ops, in float64: a / b. */
export function divide(a: NdArray, b: NdArray): Float64NdArray {
  return combined({ a, b }, (one, other) => one / other);
}

/** `divideBackward` of convoke/ops, in float64. */
export function divideBackward(dy: NdArray, a: NdArray, b: NdArray): Pair {
  return pairGradients(
    dy,
    a,
    b,
    (v, _, other) => v / other,
    (v, one, other) => (-v * (one / other)) / other,
  );
}

/** `minimum` of convoke/ops, in float64. */
export function minimum(a: NdArray, b: NdArray): Float64NdArray {
  return combined({ a, b }, Math.min);
}

/** `minimumBackward` of convoke/ops, in float64. */
export function minimumBackward(dy: NdArray, a: NdArray, b: NdArray): Pair {
  return pairGradients(
    dy,
    a,
    b,
    (v, one, other) => share(v, other, one),
    (v, one, other) => share(v, one, other),
  );
}

/** `maximum` of convoke/ops, in float64. */
export function maximum(a: NdArray, b: NdArray): Float64NdArray {
  return combined({ a, b }, Math.max);
}

/** `maximumBackward` of convoke/ops, in float64. */
export function maximumBackward(dy: NdArray, a: NdArray, b: NdArray): Pair {
  return pairGradients(
    dy,
    a,
    b,
    (v, one, other) => share(v, one, other),
    (v, one, other) => share(v, other, one),
  );
}

/** The part of dy that the first of two numbers has if the larger takes it: PyTorch's, NaN included. */
function share(dy: number, one: number, other: number): number {
  if (one < other) return 0;
  return one === other ? dy / 2 : dy;
}

/** `power` of convoke/ops, in float64: a to the power of b, as C's `pow`. */
export function power(a: NdArray, b: NdArray): Float64NdArray {
  return combined({ a, b }, raised);
}

/** `powerBackward` of convoke/ops, in float64. */
export function powerBackward(dy: NdArray, a: NdArray, b: NdArray): Pair {
  return pairGradients(
    dy,
    a,
    b,
    (v, one, other) => (other === 0 ? 0 : v * (other * raised(one, other - 1))),
    (v, one, other) => (one === 0 && other >= 0 ? 0 : v * (raised(one, other) * Math.log(one))),
  );
}

/** JavaScript has NaN where C has 1: of 1 to the power of NaN or infinity, and of -1 to that of infinity. */
function raised(a: number, b: number): number {
  return a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : a ** b;
}

/** `equal` of convoke/ops: 1 or 0. */
export function equal(a: NdArray, b: NdArray): Float64NdArray {
  return combined({ a, b }, (one, other) => Number(one === other));
}

/** `greater` of convoke/ops: 1 or 0. */
export function greater(a: NdArray, b: NdArray): Float64NdArray {
  return combined({ a, b }, (one, other) => Number(one > other));
}

/** `greaterOrEqual` of convoke/ops: 1 or 0. */
export function greaterOrEqual(a: NdArray, b: NdArray): Float64NdArray {
  return combined({ a, b }, (one, other) => Number(one >= other));
}
