// Element-wise functions of arrays that are broadcast over each other, and sums of their values, in float64.
import { elementCount } from "../../../base/shape.ts";
import { RANKS } from "../../../base/validate.ts";
import { type Float64NdArray, type NdArray, checkNdArray, checkShapeIs } from "../../../reference/ndarray.ts";
import { broadcastShape, placesIn } from "../geometry/broadcast.ts";

/** Checks an array of any rank of element-wise operations. */
export const checkElements = (argument: string, given: NdArray): Float64NdArray => checkNdArray(argument, given, RANKS);

/** A function of arrays, element by element, given by the names of their arguments. */
export function combined(
  given: Readonly<Record<string, NdArray>>,
  value: (...values: number[]) => number,
): Float64NdArray {
  const arrays = Object.entries(given).map(([name, array]) => [name, checkElements(name, array)] as const);
  const shape = broadcastShape(Object.fromEntries(arrays.map(([name, array]) => [`${name}.shape`, array.shape])));
  const operands = arrays.map(([, { data, shape: own }]) => ({ data, places: placesIn(own, shape) }));
  const of = (at: number): number => value(...operands.map(({ data, places }) => data[places[at]!]!));
  return { data: Float64Array.from({ length: elementCount(shape) }, (_, at) => of(at)), shape };
}

/** The sums of values over the axes along which another shape is broadcast. */
export function summedTo(shape: readonly number[], values: Float64NdArray): Float64NdArray {
  const data = new Float64Array(elementCount(shape));
  const places = placesIn(shape, values.shape);
  values.data.forEach((value, at) => (data[places[at]!]! += value));
  return { data, shape: [...shape] };
}

/** The gradients of a function of two arrays, whose derivatives times dy are given. */
export function pairGradients(
  dy: NdArray,
  a: NdArray,
  b: NdArray,
  toA: (dy: number, a: number, b: number) => number,
  toB: (dy: number, a: number, b: number) => number,
): { da: Float64NdArray; db: Float64NdArray } {
  const whole = combined({ a, b }, () => 0);
  checkShapeIs("dy", checkElements("dy", dy).shape, whole.shape);
  return {
    da: summedTo(a.shape, combined({ dy, a, b }, toA)),
    db: summedTo(b.shape, combined({ dy, a, b }, toB)),
  };
}
