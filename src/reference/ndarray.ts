// NdArray, the arrays of the reference: plain data with a shape, checked once on entry so that the loops need no checks.
import { ConvError, refuse } from "../base/error.ts";
import { elementCount } from "../base/shape.ts";
import { checkShape } from "../base/validate.ts";

/** Numbers in row-major order, with their shape. */
export interface NdArray {
  readonly data: ArrayLike<number>;
  readonly shape: readonly number[];
}

/** A result of the reference: an NdArray in float64, owned by the caller. */
export interface Float64NdArray {
  readonly data: Float64Array;
  readonly shape: number[];
}

/**
 * Converts an array of numbers to float64, so that the loops see only one type of array. A Float64Array is returned as it is.
 * @throws ConvError if the count differs or an element is not a number (nested arrays, strings, bigints)
 */
export function toFloat64(argument: string, data: ArrayLike<number>, count: number): Float64Array {
  const isTyped = ArrayBuffer.isView(data) && !(data instanceof DataView);
  if (!isTyped && !Array.isArray(data))
    refuse("invalid-argument", argument, data, "an array or typed array of numbers");
  if (data.length !== count) {
    throw new ConvError("shape-mismatch", `${argument}: got ${data.length} numbers, expected ${count}`);
  }
  if (data instanceof Float64Array) return data;
  const values = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const value: unknown = data[i];
    if (typeof value !== "number") refuse("invalid-argument", `${argument}[${i}]`, value, "a number");
    values[i] = value;
  }
  return values;
}

/** Returns the shape and the float64 values of an NdArray of one of the ranks. NaN and infinities are valid values. */
export function checkNdArray(argument: string, value: unknown, ranks: readonly number[]): Float64NdArray {
  if (typeof value !== "object" || value === null || !("data" in value) || !("shape" in value)) {
    refuse("invalid-argument", argument, value, "an object { data, shape }");
  }
  const shape = checkShape(`${argument}.shape`, value.shape, ranks);
  return { data: toFloat64(`${argument}.data`, value.data as ArrayLike<number>, elementCount(shape)), shape };
}

/** @throws ConvError if a shape is not the wanted one */
export function checkShapeIs(argument: string, shape: readonly number[], wanted: readonly number[]): void {
  if (shape.length === wanted.length && shape.every((size, axis) => size === wanted[axis])) return;
  throw new ConvError(
    "shape-mismatch",
    `${argument}.shape: got [${shape.join(", ")}], expected [${wanted.join(", ")}]`,
  );
}
