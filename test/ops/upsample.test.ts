// Upsampling by the reference: its gradient, and what it refuses.
import { expect, test } from "vitest";
import { bedOfNails, bedOfNailsBackward, upsample, upsampleBackward } from "../../src/reference.ts";
import { elementCount } from "../../src/base/shape.ts";
import { refusal } from "../suite/refusal.ts";
import { uniform } from "../suite/random.ts";
import { expectGradient } from "./finite-differences.ts";
import { UPSAMPLED_MAPS } from "./upsampled-maps.ts";

const random = (shape: readonly number[], seed: number) => ({ data: uniform(elementCount(shape), seed), shape });

test.each(UPSAMPLED_MAPS)("the gradient of $name", ({ shape, options }) => {
  const x = random(shape, 1);
  const dy = random(upsample(x, options).shape, 2);
  expectGradient(upsampleBackward(dy, { ...options, inputShape: shape }), (array) => upsample(array, options), x, dy);
});

test("a bed of nails, and its gradient", () => {
  const x = { shape: [1, 1, 2, 2], data: [1, 2, 3, 4] };
  const y = bedOfNails(x, { kernelSize: [1, 2] });
  expect(y).toEqual({ shape: [1, 1, 2, 4], data: Float64Array.of(1, 0, 2, 0, 3, 0, 4, 0) });
  expect([...bedOfNailsBackward(y, { kernelSize: [1, 2] }).data]).toEqual(x.data);
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
  [up({ outputSize: 2 ** 30 + 1 }), "outputSize", "too-large"],
  [up({ scale: 2, mode: "cubic" }), "mode", "invalid-argument"],
  [up({ scale: 2, alignCorners: true }), "alignCorners", "invalid-argument"],
  [up({ scale: 2, mode: "linear", alignCorners: 1 }), "alignCorners", "invalid-argument"],
  [() => upsampleBackward(x, { scale: 2, inputShape: [1, 1, 3] }), "dy.shape", "shape-mismatch"],
  [() => bedOfNails(x, { kernelSize: 0 }), "kernelSize", "invalid-argument"],
  [() => bedOfNailsBackward(x, { kernelSize: 3 }), "dy.shape", "shape-mismatch"],
])("refuses %#", (call, argument, code) => {
  expect(refusal(call)).toMatchObject({ argument, code });
});
