// Seeded numbers and array shuffling for the tests of the reference.
import { type NdArray, type ReferenceOptions } from "../../src/reference.ts";

/** A generator of numbers in [0, 1) with this seed (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function count(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** An array of whole numbers from -8 to 8: sums and products of them are exact, so that results can be compared with toEqual. */
export function integers(shape: readonly number[], seed: number): NdArray & { data: number[] } {
  const next = random(seed);
  return { data: Array.from({ length: count(shape) }, () => Math.floor(next() * 17) - 8), shape };
}

/** An array of numbers in [-1, 1). */
export function floats(shape: readonly number[], seed: number): NdArray & { data: number[] } {
  const next = random(seed);
  return { data: Array.from({ length: count(shape) }, () => 2 * next() - 1), shape };
}

/** Plain numbers of any array-like, to compare results of different array types. */
export function numbers(array: { readonly data: ArrayLike<number> }): number[] {
  return Array.from(array.data);
}

/** Inner product. */
export function inner(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** The array with its axes in another order: axis i of the result is axis order[i] of the array. */
export function transpose({ data, shape }: NdArray, order: readonly number[]): NdArray & { data: number[] } {
  const strides = shape.map((_, axis) => count(shape.slice(axis + 1)));
  const result = order.map((axis) => shape[axis]!);
  const values: number[] = [];
  const walk = (depth: number, place: number): void => {
    if (depth === order.length) values.push(data[place]!);
    else for (let i = 0; i < result[depth]!; i++) walk(depth + 1, place + i * strides[order[depth]!]!);
  };
  walk(0, 0);
  return { data: values, shape: result };
}

const axes = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

/** x or y from [N, C, ...] to [N, ..., C]. */
export function toChannelsLast(array: NdArray): NdArray {
  return transpose(array, [0, ...axes(2, array.shape.length), 1]);
}

/** x or y from [N, ..., C] to [N, C, ...]. */
export function toChannelsFirst(array: NdArray): NdArray {
  const { length } = array.shape;
  return transpose(array, [0, length - 1, ...axes(1, length - 1)]);
}

/** w from [K, C/groups, ...] to [..., C/groups, K], and a transposed w from [C, K/groups, ...] to [..., K/groups, C]. */
export function kernelToLast(array: NdArray): NdArray {
  return transpose(array, [...axes(2, array.shape.length), 1, 0]);
}

/** w from [..., C/groups, K] to [K, C/groups, ...]. */
export function kernelToFirst(array: NdArray): NdArray {
  const { length } = array.shape;
  return transpose(array, [length - 1, length - 2, ...axes(0, length - 2)]);
}

export const LAST: ReferenceOptions = { layout: "channels-last" };
