// Gaussian pooling by the reference: its weights, its gradient, and what it refuses.
import { expect, test } from "vitest";
import { elementCount } from "../../src/base/shape.ts";
import { gaussianPool, gaussianPoolBackward } from "../../src/reference.ts";
import { uniform } from "../suite/random.ts";
import { refusal } from "../suite/refusal.ts";
import { expectGradient } from "./finite-differences.ts";
import { POOLED_MAPS } from "./windows.ts";

const random = (shape: readonly number[], seed: number) => ({ data: uniform(elementCount(shape), seed), shape });

test.each(POOLED_MAPS)("the gradient of $name", ({ shape, options }) => {
  const x = random(shape, 1);
  const all = { ...options, sigma: 1.3 };
  const dy = random(gaussianPool(x, all).shape, 2);
  const dx = gaussianPoolBackward(dy, { ...all, inputShape: shape });
  expectGradient(dx, (array) => gaussianPool(array, all), x, dy);
});

test("weighs by distance in cells, of those inside alone", () => {
  const x = { shape: [1, 1, 3], data: [8, 4, 2] };
  const side = Math.exp(-4 / 2 / 1.5 ** 2);
  const { data } = gaussianPool(x, { kernelSize: 3, dilation: 2, stride: 1, padding: 2, sigma: 1.5 });
  expect(data[0]).toBeCloseTo((8 + side * 2) / (1 + side), 12);
  expect(data[1]).toBeCloseTo(4, 12);
});

const x = { shape: [1, 1, 4], data: [1, 2, 3, 4] };
test.each([
  [{ kernelSize: 2 }, "sigma", "invalid-argument"],
  [{ kernelSize: 2, sigma: 0 }, "sigma", "invalid-argument"],
  [{ kernelSize: 2, sigma: 1e-30 }, "sigma", "invalid-argument"],
  [{ kernelSize: 2, sigma: [1, 1] }, "sigma", "shape-mismatch"],
  [{ kernelSize: 2, sigma: 1, norm: 2 }, "options", "unknown-option"],
])("refuses %o", (options, argument, code) => {
  expect(refusal(() => gaussianPool(x, options as never))).toMatchObject({ argument, code });
});
