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
  [up({ outputSize: 2 ** 30 + 1 }), "outputSize", "too-large"],
  [up({ scale: 2, mode: "cubic" }), "mode", "invalid-argument"],
  [up({ scale: 2, alignCorners: true }), "alignCorners", "invalid-argument"],
  [up({ scale: 2, mode: "linear", alignCorners: 1 }), "alignCorners", "invalid-argument"],
  [() => upsampleBackward(x, { scale: 2, inputShape: [1, 1, 3] }), "dy.shape", "shape-mismatch"],
])("refuses %#", (call, argument, code) => {
  expect(refusal(call)).toMatchObject({ argument, code });
});
