// Max pooling by the reference: its gradient, and what it refuses.
import { expect, test } from "vitest";
import { elementCount } from "../../src/base/shape.ts";
import { maxPool, maxPoolBackward, maxPoolWithIndices } from "../../src/reference.ts";
import { uniform } from "../suite/random.ts";
import { refusal } from "../suite/refusal.ts";
import { expectGradient } from "./finite-differences.ts";
import { POOLED_MAPS } from "./windows.ts";

const random = (shape: readonly number[], seed: number) => ({ data: uniform(elementCount(shape), seed), shape });

test.each(POOLED_MAPS)("the gradient of $name", ({ shape, options }) => {
  const x = random(shape, 1);
  const { y, indices } = maxPoolWithIndices(x, options);
  const dy = random(y.shape, 2);
  expectGradient(
    maxPoolBackward(dy, indices, { ...options, inputShape: shape }),
    (array) => maxPool(array, options),
    x,
    dy,
  );
});

test("takes the first of equal cells, and the last that is NaN", () => {
  const x = { shape: [1, 1, 6], data: [1, 1, NaN, 2, NaN, 0] };
  const { y, indices } = maxPoolWithIndices(x, { kernelSize: 2 });
  expect([...y.data]).toEqual([1, NaN, NaN]);
  expect([...indices.data]).toEqual([0, 2, 4]);
  expect([...maxPoolWithIndices(x, { kernelSize: 6 }).indices.data]).toEqual([4]);
});

const pool = (options: unknown) => () => maxPoolWithIndices({ shape: [1, 1, 4], data: [1, 2, 3, 4] }, options as never);

test.each([
  [pool({ kernelSize: 0 }), "kernelSize", "invalid-argument"],
  [pool({ kernelSize: 2, padding: 2 }), "padding (spatial axis 0)", "invalid-argument"],
  [pool({ kernelSize: 2, divisor: 2 }), "options", "unknown-option"],
  [
    () => {
      const dy = { shape: [1, 1, 2], data: [1, 2] };
      maxPoolBackward(dy, { shape: [1, 1, 1], data: [0] }, { kernelSize: 2, inputShape: [1, 1, 4] });
    },
    "indices.shape",
    "shape-mismatch",
  ],
  [pool({ kernelSize: 2, indexing: "flat" }), "indexing", "invalid-argument"],
  [
    () => maxPool({ shape: [1, 1, 4], data: [1, 2, 3, 4] }, { kernelSize: 2, indexing: "plane" } as never),
    "options",
    "unknown-option",
  ],
])("refuses %#", (call, argument, code) => {
  expect(refusal(call)).toMatchObject({ argument, code });
});
