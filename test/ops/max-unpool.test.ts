// Max unpooling by the reference: its gradient, and what it refuses.
import { expect, test } from "vitest";
import { elementCount } from "../../src/base/shape.ts";
import { maxPoolWithIndices, maxUnpool, maxUnpoolBackward } from "../../src/reference.ts";
import { uniform } from "../suite/random.ts";
import { refusal } from "../suite/refusal.ts";
import { expectGradient } from "./finite-differences.ts";
import { POOLED_MAPS } from "./windows.ts";

const random = (shape: readonly number[], seed: number) => ({ data: uniform(elementCount(shape), seed), shape });

test.each(POOLED_MAPS)("the gradient of $name", ({ shape, options }) => {
  const { y, indices } = maxPoolWithIndices(random(shape, 1), options);
  const unpool = { ...options, outputShape: shape };
  const dy = random(shape, 2);
  expectGradient(maxUnpoolBackward(dy, indices, options), (array) => maxUnpool(array, indices, unpool), y, dy);
});

test("writes the value of the last window that chose a cell", () => {
  const indices = { shape: [1, 1, 3], data: [1, 2, 2] };
  const y = maxUnpool({ shape: [1, 1, 3], data: [5, 6, 7] }, indices, { kernelSize: 3, stride: 1 });
  expect(y).toEqual({ shape: [1, 1, 5], data: Float64Array.of(0, 5, 7, 0, 0) });
  const dy = { shape: [1, 1, 5], data: [1, 2, 3, 4, 5] };
  expect([...maxUnpoolBackward(dy, indices, { kernelSize: 3, stride: 1 }).data]).toEqual([2, 0, 3]);
});

const x = { shape: [1, 1, 2], data: [1, 2] };
test.each([
  [{ kernelSize: 2, padding: "same" }, "padding", "invalid-argument"],
  [{ kernelSize: 2, outputShape: [1, 1, 6] }, "outputShape", "shape-mismatch"],
  [{ kernelSize: 2, outputShape: [1, 2, 4] }, "outputShape", "shape-mismatch"],
  [{ kernelSize: 2, outputShape: [1, 1, 4, 4] }, "outputShape", "shape-mismatch"],
  [{ kernelSize: 2, stride: 1, padding: 2 }, "padding (spatial axis 0)", "invalid-argument"],
  [{ kernelSize: 2, scale: 2 }, "options", "unknown-option"],
])("refuses %o", (options, argument, code) => {
  expect(refusal(() => maxUnpool(x, x, options as never))).toMatchObject({ argument, code });
});
