// The references of the operations beside convolution against PyTorch: every case of every generator in operations/.
import { describe, expect, test } from "vitest";
import * as reference from "../../src/reference.ts";
import type { Float64NdArray, NdArray } from "../../src/reference.ts";

interface GoldenCall {
  readonly name: string;
  readonly call: string;
  readonly arguments: readonly unknown[];
  readonly options: Readonly<Record<string, unknown>>;
  readonly result: NdArray | Readonly<Record<string, NdArray | readonly NdArray[]>>;
}

/** Every function of the reference by name. */
const operations = { ...reference } as unknown as Readonly<Record<string, (...given: unknown[]) => unknown>>;

const files = import.meta.glob<GoldenCall[]>("./operations/*.json", { import: "default", eager: true });

/**
 * The largest difference, relative to the largest element of a result. Both sides are float64: no sum here has more than a few hundred terms,
 * no function errs by more than a few ulp, and what cancels (a mean subtracted) does so against numbers of the result's size.
 */
const TOLERANCE = 1e-12;

function isArray(result: unknown): result is NdArray {
  return typeof result === "object" && result !== null && "data" in result && "shape" in result;
}

function compare(name: string, got: Float64NdArray, wanted: NdArray): void {
  expect(got.shape, `the shape of ${name}`).toEqual(wanted.shape);
  const largest = Math.max(1, ...Array.from(wanted.data, Math.abs));
  for (let at = 0; at < wanted.data.length; at++)
    if (!(Math.abs(got.data[at]! - wanted.data[at]!) <= TOLERANCE * largest))
      expect.fail(`${name}[${at}]: got ${got.data[at]}, PyTorch has ${wanted.data[at]}`);
}

describe.each(Object.entries(files))("%s", (_, cases) => {
  test.each(cases)("$call: $name", ({ call, arguments: given, options, result }) => {
    const got = operations[call]!(...given, options);
    if (isArray(result)) return compare(call, got as Float64NdArray, result);
    expect(Object.keys(got as object)).toEqual(Object.keys(result));
    for (const [name, wanted] of Object.entries(result)) {
      const one = (got as Record<string, Float64NdArray | Float64NdArray[]>)[name]!;
      const lists = [one, wanted].map((either) => [either].flat()) as [Float64NdArray[], NdArray[]];
      expect(lists[0].length, `the arrays of ${name}`).toBe(lists[1].length);
      lists[1].forEach((array, at) => compare(`${name} ${at}`, lists[0][at]!, array));
    }
  });
});

test("there are cases", () => {
  expect(Object.values(files).flat().length).toBeGreaterThan(0);
});
