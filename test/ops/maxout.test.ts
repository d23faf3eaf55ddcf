import { expect, test } from "vitest";
import { elementCount } from "../../src/base/shape.ts";
import { maxout, maxoutBackward } from "../../src/reference.ts";
import { uniform } from "../suite/random.ts";
import { refusal } from "../suite/refusal.ts";
import { expectGradient } from "./finite-differences.ts";

const random = (shape: number[], seed: number) => ({ data: uniform(elementCount(shape), seed), shape });
const x = random([2, 6, 4, 2], 1);

test.each(["channels-first", "channels-last"] as const)("gradient with %s", (layout) => {
  const options = { pieces: 2, layout };
  const dy = random(maxout(x, options).shape, 3);
  expectGradient(maxoutBackward(dy, x, options), (array) => maxout(array, options), x, dy);
});

test("maxout passes NaN on, and the gradient to the first of equals", () => {
  const one = { data: [1, Number.NaN, 2, 2], shape: [1, 4] };
  expect([...maxout(one, { pieces: 2 }).data]).toEqual([Number.NaN, 2]);
  expect([...maxoutBackward({ data: [5, 7], shape: [1, 2] }, one, { pieces: 2 }).data]).toEqual([0, 5, 7, 0]);
});

test.each([
  [4, "shape-mismatch"],
  [0, "invalid-argument"],
])("refuses %s pieces", (pieces, code) => {
  expect(refusal(() => maxout(x, { pieces }))).toMatchObject({ argument: "pieces", code });
});
