// Generates values of tensors: any number, including those at the ends of the range of the type.
import { uniform } from "../suite/random.ts";
import type { TensorCase } from "./case.ts";

const ODD = [Number.NaN, Infinity, -Infinity, -0, 3e38, 1e39, 1e-46, 65_504, 65_520, 6e-8, 2 ** -25];

const LISTS = {
  Array: (values: number[]) => values,
  Float32Array: (values: number[]) => Float32Array.from(values),
  Float64Array: (values: number[]) => Float64Array.from(values),
  Int8Array: (values: number[]) => Int8Array.from(values, (value) => 100 * value),
  Uint16Array: (values: number[]) => Uint16Array.from(values, (value) => 60_000 * Math.abs(value)),
} as const;

export function numbersOf({ list, seed }: TensorCase, count: number): ArrayLike<number> {
  const values = Array.from(uniform(count, seed), (value, at) =>
    (at + seed) % 5 === 0 ? ODD[(at + seed) % ODD.length]! : value,
  );
  return LISTS[list](values);
}
