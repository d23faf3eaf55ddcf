// The reference of the cross entropy: its gradient, and what it refuses.
import { expect, test } from "vitest";
import { crossEntropy, crossEntropyBackward } from "../../src/reference.ts";
import { uniform } from "../suite/random.ts";
import { refusal } from "../suite/refusal.ts";
import { expectGradient } from "./finite-differences.ts";

const random = (shape: number[], seed: number) => ({
  data: uniform(
    shape.reduce((a, b) => a * b),
    seed,
  ),
  shape,
});
const x = random([2, 3, 4], 1);
const classes = { data: [0, 1, 2, 1, -100, 2, 0, 0], shape: [2, 4] };
const weight = { data: [0.5, 1, 2], shape: [3] };

test.each(["mean", "sum", "none"] as const)("the gradient of the losses, reduced to %s", (reduction) => {
  for (const target of [classes, random([2, 3, 4], 2)])
    for (const labelSmoothing of [0, 0.25]) {
      const options = { reduction, labelSmoothing, weight };
      const dy = random(reduction === "none" ? [2, 4] : [1], 3);
      const f = (array: typeof x) => crossEntropy(array, target, options);
      expectGradient(crossEntropyBackward(x, target, { ...options, dy }), f as never, x, dy);
    }
});

test.each([
  [{ reduction: "average" }, classes, "reduction", "invalid-argument"],
  [{ labelSmoothing: 1.5 }, classes, "labelSmoothing", "invalid-argument"],
  [{ ignoreIndex: 0.5 }, classes, "ignoreIndex", "invalid-argument"],
  [{ ignoreIndex: 0 }, x, "ignoreIndex", "invalid-argument"],
  [{ weight: classes }, classes, "weight.shape", "shape-mismatch"],
  [{ weights: weight }, classes, "options", "unknown-option"],
  [{}, { data: [0, 0], shape: [2] }, "target.shape", "shape-mismatch"],
  [{ layout: "channels-last" }, classes, "target.shape", "shape-mismatch"],
])("refuses %o", (options, target, argument, code) => {
  expect(refusal(() => crossEntropy(x, target, options as never))).toMatchObject({ argument, code });
});
