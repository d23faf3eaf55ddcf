// Average pooling by the reference: its gradient, and what it refuses.
import { expect, test } from "vitest";
import { elementCount } from "../../src/base/shape.ts";
import { averagePool, averagePoolBackward } from "../../src/reference.ts";
import { uniform } from "../suite/random.ts";
import { refusal } from "../suite/refusal.ts";
import { expectGradient } from "./finite-differences.ts";
import { POOLED_MAPS } from "./windows.ts";

const random = (shape: readonly number[], seed: number) => ({ data: uniform(elementCount(shape), seed), shape });

test.each(POOLED_MAPS)("the gradient of $name", ({ shape, options }) => {
  const x = random(shape, 1);
  for (const includePadding of [true, false]) {
    const all = { ...options, includePadding };
    const dy = random(averagePool(x, all).shape, 2);
    expectGradient(averagePoolBackward(dy, { ...all, inputShape: shape }), (array) => averagePool(array, all), x, dy);
  }
});

test("counts the cells of the padding or not, and none behind it", () => {
  const x = { shape: [1, 1, 4], data: [1, 2, 3, 4] };
  const options = { kernelSize: 3, stride: 2, padding: 1, ceilMode: true };
  // Windows [_, 1, 2], [2, 3, 4] and [4, _, nothing].
  expect([...averagePool(x, options).data]).toEqual([1, 3, 2]);
  expect([...averagePool(x, { ...options, includePadding: false }).data]).toEqual([1.5, 3, 4]);
});

test.each([
  [{ kernelSize: 0 }, "kernelSize", "invalid-argument"],
  [{ kernelSize: 5 }, "kernelSize (spatial axis 0)", "empty-output"],
  [{ kernelSize: [2, 2] }, "kernelSize", "shape-mismatch"],
  [{ kernelSize: 2, stride: 0 }, "stride", "invalid-argument"],
  [{ kernelSize: 2, padding: 2, includePadding: false }, "padding (spatial axis 0)", "invalid-argument"],
  [{ kernelSize: 2, ceilMode: 1 }, "ceilMode", "invalid-argument"],
  [{ kernelSize: 2, divisor: 0 }, "divisor", "invalid-argument"],
  [{ kernelSize: 2, kernel: 2 }, "options", "unknown-option"],
])("refuses %o", (options, argument, code) => {
  const call = () => averagePool({ shape: [1, 1, 4], data: [1, 2, 3, 4] }, options as never);
  expect(refusal(call)).toMatchObject({ argument, code });
});
