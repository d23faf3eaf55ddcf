// The reference of CoordConv: coordinates, gradients, and refusals.
import { expect, test } from "vitest";
import { elementCount } from "../../src/base/shape.ts";
import { coordConv, coordConvBackwardData, coordConvBackwardWeights } from "../../src/reference.ts";
import { uniform } from "../suite/random.ts";
import { refusal } from "../suite/refusal.ts";
import { COORD_CASES } from "./coordinates.ts";
import { expectGradient } from "./finite-differences.ts";

const random = (shape: readonly number[], seed: number) => ({ data: uniform(elementCount(shape), seed), shape });

test.each(COORD_CASES)("the gradients of $name", (one) => {
  const [x, w] = [random(one.x, 1), random(one.w, 2)];
  const { options } = one;
  const preActivation = coordConv(x, w, options);
  const dy = random(preActivation.shape, 3);
  const all = { ...options, activation: "tanh", preActivation } as const;
  expectGradient(
    coordConvBackwardData(dy, w, { ...all, inputShape: one.x }),
    (a) => coordConv(a, w, { ...options, activation: "tanh" }),
    x,
    dy,
  );
  expectGradient(
    coordConvBackwardWeights(x, dy, { ...all, kernelShape: one.w }),
    (b) => coordConv(x, b, { ...options, activation: "tanh" }),
    w,
    dy,
  );
});

test("coordinates run from -1 to 1 along the width, then the height, then the depth", () => {
  const x = { shape: [1, 1, 2, 1, 3], data: new Float64Array(6) };
  // One output channel for each of x, y, z and r.
  const w = { shape: [4, 5, 1, 1, 1], data: [0, 1, 2, 3].flatMap((k) => [0, 1, 2, 3, 4].map((c) => +(c === k + 1))) };
  const y = coordConv(x, w, { radius: true });
  expect([...y.data.slice(0, 6)]).toEqual([-1, 0, 1, -1, 0, 1]);
  expect([...y.data.slice(6, 12)]).toEqual([0, 0, 0, 0, 0, 0]);
  expect([...y.data.slice(12, 18)]).toEqual([-1, -1, -1, 1, 1, 1]);
  expect([...y.data.slice(18)]).toEqual([Math.SQRT2, 1, Math.SQRT2, Math.SQRT2, 1, Math.SQRT2]);
});

test.each([
  [[2, 3, 3, 3], { groups: 1 }, "options", "unknown-option"],
  [[2, 3, 3, 3], { radius: true }, "w.shape", "shape-mismatch"],
  [[2, 1, 3, 3], {}, "w.shape", "shape-mismatch"],
  [[2, 3, 3, 3], { radius: 1 }, "radius", "invalid-argument"],
  [[2, 3, 6, 3], {}, "w.shape (spatial axis 0)", "empty-output"],
])("refuses %o with %o", (w, options, argument, code) => {
  expect(refusal(() => coordConv(random([1, 1, 5, 5], 1), random(w, 2), options as never))).toMatchObject({
    argument,
    code,
  });
});
