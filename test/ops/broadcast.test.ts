// The reference of sums, products and parametric rectifiers: their gradients, and what they refuse.
import { expect, test } from "vitest";
import { add, addBackward, multiply, multiplyBackward, prelu, preluBackward } from "../../src/reference.ts";
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
const shape = [2, 3, 4];
const [a, dy] = [random(shape, 1), random(shape, 2)];

test.each([[[2, 3, 4]], [[2, 3, 1]], [[1, 3, 1]], [[2, 1, 4]], [[1, 1, 1]]])(
  "the gradients of a product with %o",
  (other) => {
    const b = random(other, 3);
    const { da, db } = multiplyBackward(dy, a, b);
    expectGradient(da, (array) => multiply(array, b), a, dy);
    expectGradient(db, (array) => multiply(a, array), b, dy);
  },
);

test.each([[3, "channels-first"] as const, [1, "channels-first"] as const, [4, "channels-last"] as const])(
  "the gradients of a rectifier with %o slopes, %s",
  (slopes, layout) => {
    const slope = random([slopes], 4);
    const { dx, dslope } = preluBackward(dy, a, slope, { layout });
    expectGradient(dx, (array) => prelu(array, slope, { layout }), a, dy);
    expectGradient(dslope, (array) => prelu(a, array, { layout }), slope, dy);
  },
);

test.each([{}, { scale: -3 }, { scale: 2, activation: "tanh" as const }])(
  "the gradients of a sum with %o",
  (options) => {
    const b = random(shape, 5);
    const preActivation = add(a, b, { scale: options.scale ?? 1 });
    const { da, db } = addBackward(dy, { ...options, ...(options.activation && { preActivation }) });
    expectGradient(da, (array) => add(array, b, options), a, dy);
    expectGradient(db, (array) => add(a, array, options), b, dy);
  },
);

test.each([
  [() => multiply(a, random([2, 3], 1)), "b.shape", "shape-mismatch"],
  [() => multiply(a, random([2, 3, 2], 1)), "b.shape", "shape-mismatch"],
  [() => multiply(random([2, 3, 1], 1), a), "b.shape", "shape-mismatch"],
  [() => prelu(a, random([4], 1)), "slope.shape", "shape-mismatch"],
  [() => add(a, random([2, 3, 1], 1)), "b.shape", "shape-mismatch"],
  [() => add(a, a, { scale: Number.NaN }), "scale", "invalid-argument"],
  [() => add(a, a, { alpha: 1 } as never), "options", "unknown-option"],
  [() => addBackward(dy, { preActivation: a }), "preActivation", "invalid-argument"],
  [() => addBackward(dy, { activation: "relu" }), "preActivation", "invalid-argument"],
])("refuses %s", (call, argument, code) => {
  expect(refusal(call)).toMatchObject({ argument, code });
});
