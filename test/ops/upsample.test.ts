// Upsampling by the reference: its gradient, and what it refuses.
import { expect, test } from "vitest";
import { elementCount } from "../../src/base/shape.ts";
import { upsample, upsampleBackward } from "../../src/reference.ts";
import { uniform } from "../suite/random.ts";
import { refusal } from "../suite/refusal.ts";
import { expectGradient } from "./finite-differences.ts";
import { UPSAMPLED_MAPS } from "./upsampled-maps.ts";

const random = (shape: readonly number[], seed: number) => ({ data: uniform(elementCount(shape), seed), shape });

test.each(UPSAMPLED_MAPS)("the gradient of $name", ({ shape, options }) => {
  const x = random(shape, 1);
  const dy = random(upsample(x, options).shape, 2);
  expectGradient(upsampleBackward(dy, { ...options, inputShape: shape }), (array) => upsample(array, options), x, dy);
});

const x = { shape: [1, 1, 4], data: [1, 2, 3, 4] };
const up = (options: unknown) => () => upsample(x, options as never);
test.each([
  [up({}), "scale", "invalid-argument"],
  [up({ scale: 2, outputSize: 8 }), "scale", "invalid-argument"],
  [up({ scale: 0.1 }), "scale", "empty-output"],
  [up({ scale: "2" }), "scale", "invalid-argument"],
  [up({ scale: [2, 2] }), "scale", "shape-mismatch"],
  [up({ outputSize: [8, 8] }), "outputSize", "shape-mismatch"],
  [up({ outputSize: 2 ** 31 }), "outputSize", "too-large"],
  [up({ scale: 2 ** 30 }), "scale", "too-large"],
  [() => upsample({ shape: [1, 2, 1], data: [1, 2] }, { outputSize: 2 ** 30 }), "outputSize", "too-large"],
  [up({ scale: 2, mode: "cubic" }), "mode", "invalid-argument"],
  [up({ scale: 2, alignCorners: true }), "alignCorners", "invalid-argument"],
  [up({ scale: 2, mode: "linear", alignCorners: 1 }), "alignCorners", "invalid-argument"],
  [() => upsampleBackward(x, { scale: 2, inputShape: [1, 1, 3] }), "dy.shape", "shape-mismatch"],
])("refuses %#", (call, argument, code) => {
  expect(refusal(call)).toMatchObject({ argument, code });
});

const along = (cells: number) => ({ shape: [1, 1, cells], data: Float64Array.from({ length: cells }, (_, at) => at) });

// Expected values: PyTorch's interpolate, which takes the factor as it is given unless recompute_scale_factor is set.
test("places follow the factor, not the ratio of the sizes", () => {
  const rounded = (values: ArrayLike<number>): string[] => Array.from(values, (value) => value.toFixed(12));
  const linear = { mode: "linear" } as const;
  const square = upsample({ shape: [1, 1, 2, 2], data: [0, 1, 2, 3] }, { scale: 1.5, ...linear });
  expect([...square.data]).toEqual([0, 0.5, 1, 1, 1.5, 2, 2, 2.5, 3]);
  // 3 cells by 1.5 are 4, by 4/3.
  expect(rounded(upsample(along(3), { scale: 1.5, ...linear }).data)).toEqual(rounded([0, 0.5, 7 / 6, 11 / 6]));
  expect([...upsample(along(5), { scale: 2.5 }).data]).toEqual([0, 0, 0, 1, 1, 2, 2, 2, 3, 3, 4, 4]);
  expect([...upsample(along(3), { scale: 1.5 }).data]).toEqual([0, 0, 1, 2]);
  // The sizes as they are given decide where there is no factor.
  expect([...upsample(along(3), { outputSize: 4 }).data]).toEqual([0, 0, 1, 2]);
  expect(rounded(upsample(along(3), { outputSize: 4, ...linear }).data)).toEqual(rounded([0, 0.625, 1.375, 2]));
});

test("a factor written as a quotient of sizes gives the size that was meant", () => {
  for (const [cells, outputs] of [
    [88, 120],
    [49, 147],
    [5, 49],
    [10, 11],
    [100, 29],
    [441_001, 480_000],
  ] as const)
    expect(upsample(along(cells), { scale: outputs / cells }).shape, `${cells} to ${outputs}`).toEqual([1, 1, outputs]);
  // 10 * 1.1 and 100 * 0.29 are 11.000000000000002 and 28.999999999999996.
  expect(upsample(along(10), { scale: 1.1 }).shape).toEqual([1, 1, 11]);
  expect(upsample(along(100), { scale: 0.29 }).shape).toEqual([1, 1, 29]);
  expect([...upsample(along(11), { scale: 1.1 }).data]).toEqual([0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

test.each([
  [44_101, 48_000],
  [13_107, 13_109],
])("nearest places of %d cells to %d are exact", (cells, outputs) => {
  const { data } = upsample(along(cells), { outputSize: outputs });
  const wrong = data.findIndex((value, at) => value !== Math.floor((at * cells) / outputs));
  expect(wrong).toBe(-1);
});
