// Sampling by a grid by the reference: its gradients, and what it refuses.
import { expect, test } from "vitest";
import { elementCount } from "../../src/base/shape.ts";
import { gridSample, gridSampleBackward } from "../../src/reference.ts";
import { uniform } from "../suite/random.ts";
import { refusal } from "../suite/refusal.ts";
import { expectGradient } from "./finite-differences.ts";
import { GRID_SAMPLES } from "./grid-samples.ts";

const random = (shape: readonly number[], seed: number, by = 1) => ({
  data: Float64Array.from(uniform(elementCount(shape), seed), (value) => by * value),
  shape,
});

test.each(GRID_SAMPLES)("the gradients of $name", ({ shape, grid: places, options }) => {
  const x = random(shape, 1);
  const grid = random(places, 2, 1.7);
  const dy = random(gridSample(x, grid, options).shape, 3);
  const { dx, dgrid } = gridSampleBackward(dy, x, grid, options);
  expectGradient(dx, (array) => gridSample(array, grid, options), x, dy);
  expectGradient(dgrid, (array) => gridSample(x, array, options), grid, dy);
});

test("a coordinate that is not a number lies before the border", () => {
  const x = { shape: [1, 1, 1, 3], data: [5, 6, 7] };
  const grid = { shape: [1, 1, 2, 2], data: [Number.NaN, 0, 1e30, 0] };
  expect([...gridSample(x, grid).data]).toEqual([0, 0]);
  expect([...gridSample(x, grid, { paddingMode: "border" }).data]).toEqual([5, 7]);
});

const x = random([1, 2, 3, 4], 1);
const grid = random([1, 5, 6, 2], 2);
const sample = (options: unknown) => () => gridSample(x, grid, options as never);
test.each([
  [sample({ mode: "bilinear" }), "mode", "invalid-argument"],
  [sample({ paddingMode: "reflect" }), "paddingMode", "invalid-argument"],
  [sample({ alignCorners: 1 }), "alignCorners", "invalid-argument"],
  [() => gridSample(random([1, 2, 3], 1), grid), "x.shape", "unsupported"],
  [() => gridSample(random([2, 2, 3, 4], 1), grid), "grid.shape", "shape-mismatch"],
  [() => gridSample(x, random([1, 5, 6, 3], 1)), "grid.shape", "shape-mismatch"],
  [() => gridSample(x, random([1, 5, 6, 2, 2], 1)), "grid.shape", "shape-mismatch"],
  [() => gridSample(random([1, 1, 2, 2, 2], 1), random([1, 1, 1, 1, 3], 1), { mode: "cubic" }), "mode", "unsupported"],
  [() => gridSampleBackward(x, x, grid), "dy.shape", "shape-mismatch"],
  [() => gridSample({ shape: [1, 2, 0, 4], data: [] }, grid), "x.shape", "shape-mismatch"],
])("refuses %#", (call, argument, code) => {
  expect(refusal(call)).toMatchObject({ argument, code });
});
