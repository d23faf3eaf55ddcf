// Adaptive pooling by the reference: its gradients, and what it refuses.
import { expect, test } from "vitest";
import { elementCount } from "../../src/base/shape.ts";
import {
  adaptiveAveragePool,
  adaptiveAveragePoolBackward,
  adaptiveMaxPool,
  adaptiveMaxPoolBackward,
  adaptiveMaxPoolWithIndices,
  globalAveragePoolBackward,
} from "../../src/reference.ts";
import { uniform } from "../suite/random.ts";
import { refusal } from "../suite/refusal.ts";
import { ADAPTIVE_MAPS } from "./adaptive-maps.ts";
import { expectGradient } from "./finite-differences.ts";

const random = (shape: readonly number[], seed: number) => ({ data: uniform(elementCount(shape), seed), shape });

test.each(ADAPTIVE_MAPS)("the gradients of $name", ({ shape, outputSize }) => {
  const x = random(shape, 1);
  const options = { outputSize, inputShape: shape };
  const { y, indices } = adaptiveMaxPoolWithIndices(x, { outputSize });
  const dy = random(y.shape, 2);
  const average = adaptiveAveragePoolBackward(dy, options);
  expectGradient(average, (array) => adaptiveAveragePool(array, { outputSize }), x, dy);
  const max = adaptiveMaxPoolBackward(dy, indices, options);
  expectGradient(max, (array) => adaptiveMaxPool(array, { outputSize }), x, dy);
});

const x = { shape: [1, 1, 4], data: [1, 2, 3, 4] };
test.each([
  [() => adaptiveAveragePool(x, { outputSize: 0 }), "outputSize", "invalid-argument"],
  [() => adaptiveAveragePool(x, { outputSize: [1, 1] }), "outputSize", "shape-mismatch"],
  [() => adaptiveMaxPool(x, { outputSize: 2 ** 30 }), "outputSize", "too-large"],
  [() => adaptiveMaxPool(x, {} as never), "outputSize", "invalid-argument"],
  [() => globalAveragePoolBackward(x, { inputShape: [1, 1, 9] }), "dy.shape", "shape-mismatch"],
])("refuses %#", (call, argument, code) => {
  expect(refusal(call)).toMatchObject({ argument, code });
});
