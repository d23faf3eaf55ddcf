// The reference of fully connected layers: gradients and refusals.
import { expect, test } from "vitest";
import { elementCount } from "../../src/base/shape.ts";
import { flatten, flattenBackward, linear, linearBackward } from "../../src/reference.ts";
import { uniform } from "../suite/random.ts";
import { refusal } from "../suite/refusal.ts";
import { expectGradient } from "./finite-differences.ts";

const random = (shape: readonly number[], seed: number) => ({ data: uniform(elementCount(shape), seed), shape });

test.each(["sigmoid", "tanh", "elu", "silu"] as const)("the gradients through %s", (activation) => {
  const [x, w, bias, dy] = [random([3, 4], 1), random([5, 4], 2), random([5], 3), random([3, 5], 4)];
  const ways = [{ preActivation: linear(x, w, { bias }) }];
  if (activation !== "silu") ways.push({ output: linear(x, w, { bias, activation }) } as never);
  for (const way of ways) {
    const { dx, dw, db } = linearBackward(dy, x, w, { activation, ...way });
    expectGradient(dx, (array) => linear(array, w, { bias, activation }), x, dy);
    expectGradient(dw, (array) => linear(x, array, { bias, activation }), w, dy);
    expectGradient(db, (array) => linear(x, w, { bias: array, activation }), bias, dy);
  }
});

test("flattens channel by channel in both layouts", () => {
  const x = { shape: [1, 2, 1, 3], data: [1, 2, 3, 4, 5, 6] };
  const last = { shape: [1, 1, 3, 2], data: [1, 4, 2, 5, 3, 6] };
  const y = flatten(x);
  expect(y).toMatchObject({ shape: [1, 6] });
  expect([...y.data]).toEqual([1, 2, 3, 4, 5, 6]);
  expect([...flatten(last, { layout: "channels-last" }).data]).toEqual([...y.data]);
  expect([...flattenBackward(y, { layout: "channels-last", inputShape: [1, 1, 3, 2] }).data]).toEqual(last.data);
});

test.each([
  [() => linear(random([2, 3, 1], 1), random([4, 3], 2)), "x.shape"],
  [() => linear(random([2, 3], 1), random([4, 2], 2)), "w.shape"],
  [() => linear(random([2, 3], 1), random([4, 3], 2), { bias: random([3], 3) }), "bias.shape"],
  [() => linear(random([2, 3], 1), random([4, 3], 2), { activation: "step" as never }), "activation"],
  [() => linearBackward(random([2, 3], 1), random([2, 3], 1), random([4, 3], 2)), "dy.shape"],
  [() => flattenBackward(random([2, 5], 1), { inputShape: [2, 2, 3] }), "dy.shape"],
])("refuses %o", (call, argument) => {
  expect(refusal(call)).toMatchObject({ argument });
});
