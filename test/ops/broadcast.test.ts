// The reference of element-wise operations: their gradients, and what they refuse.
import { expect, test } from "vitest";
import * as cpu from "../../src/reference.ts";
import { uniform } from "../suite/random.ts";
import { refusal } from "../suite/refusal.ts";
import { expectGradient } from "./finite-differences.ts";

/** An object, whose functions are found by names that are computed. */
const reference = { ...cpu };
const { add, addBackward, clamp, multiply, prelu, preluBackward } = cpu;

const random = (shape: number[], seed: number) => ({
  data: uniform(
    shape.reduce((a, b) => a * b),
    seed,
  ),
  shape,
});
const shape = [2, 3, 4];
const [a, dy] = [random(shape, 1), random(shape, 2)];

/** Numbers from 1 on that are far from each other, and from those with another start: no operation has a corner between. */
const apart = (other: number[], seed: number, start = 1.25) => {
  const { data } = random(other, seed);
  return { data: data.map((v, at) => start + 0.1 * at + 0.02 * v), shape: other };
};

const OTHERS = [[2, 3, 4], [2, 3, 1], [1, 3, 1], [4], [3, 1], [1, 1, 1]];
const SHAPES = [
  ...OTHERS.map((other) => [shape, other]),
  ...OTHERS.map((other) => [other, shape]),
  [
    [2, 1, 4],
    [3, 1],
  ],
];

test.each(SHAPES)("the gradients of operations on %o and %o", (one, other) => {
  const whole = random(shape, 2);
  const [left, right] = [apart(one, 6), apart(other, 7, 1.3)];
  for (const name of ["multiply", "divide", "minimum", "maximum", "power"] as const) {
    const { da, db } = reference[`${name}Backward`](whole, left, right);
    expectGradient(da, (array) => reference[name](array, right), left, whole);
    expectGradient(db, (array) => reference[name](left, array), right, whole);
  }
  const shapes = { aShape: one, bShape: other };
  for (const name of ["add", "sub"] as const) {
    const { da, db } = reference[`${name}Backward`](whole, { ...shapes, scale: 0.5 });
    expectGradient(da, (array) => reference[name](array, right, { scale: 0.5 }), left, whole);
    expectGradient(db, (array) => reference[name](left, array, { scale: 0.5 }), right, whole);
  }
  const mask = { data: [1, 0, 1], shape: [3, 1] };
  const { da, db } = reference.whereBackward(whole, mask, shapes);
  expectGradient(da, (array) => reference.where(mask, array, right), left, whole);
  expectGradient(db, (array) => reference.where(mask, left, array), right, whole);
});

test.each(["sqrt", "exp", "log", "abs", "reciprocal", "erf"] as const)("the gradient of %s", (name) => {
  const x = apart(shape, 8);
  expectGradient(reference[`${name}Backward`](dy, x), (array) => reference[name](array), x, dy);
});

test("the gradient of clamp, which passes at the bounds", () => {
  const x = apart(shape, 9);
  const options = { min: 1.8, max: 2.9 };
  expectGradient(reference.clampBackward(dy, x, options), (array) => clamp(array, options), x, dy);
  const ends = { data: [1.8, 2.9, 3], shape: [3] };
  expect([...reference.clampBackward({ data: [1, 2, 3], shape: [3] }, ends, options).data]).toEqual([1, 2, 0]);
});

test("numbers that tie share the gradient of their maximum, and powers have C's special cases", () => {
  const two = { data: [2, 2], shape: [2] };
  expect([
    ...reference.maximumBackward({ data: [1, 1], shape: [2] }, two, { data: [2, 1], shape: [2] }).da.data,
  ]).toEqual([0.5, 1]);
  expect([
    ...reference.power({ data: [1, -1, -8, -8], shape: [4] }, { data: [NaN, Infinity, 3, 1 / 3], shape: [4] }).data,
  ]).toEqual([1, 1, -512, NaN]);
});

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
  [() => add(a, random([2, 4, 1], 1)), "b.shape", "shape-mismatch"],
  [() => reference.where(a, random([2], 1), a), "a.shape", "shape-mismatch"],
  [() => reference.divideBackward(dy, random([3, 1], 1), random([4], 1)), "dy.shape", "shape-mismatch"],
  [() => reference.whereBackward(dy, a, { aShape: [5] }), "aShape", "shape-mismatch"],
  [() => addBackward(dy, { aShape: [1], bShape: [3, 1] }), "dy.shape", "shape-mismatch"],
  [() => addBackward(dy, { aShape: 3 as never }), "aShape", "shape-mismatch"],
  [() => reference.clamp(a, { min: Number.NaN }), "min", "invalid-argument"],
  [() => reference.clamp(a, { max: -Infinity }), "max", "invalid-argument"],
  [() => reference.clamp(a, { low: 0 } as never), "options", "unknown-option"],
  [() => reference.erfBackward(dy, random([2, 3, 1], 1)), "x.shape", "shape-mismatch"],
  [() => prelu(a, random([5], 1)), "slope.shape", "shape-mismatch"],
  [() => prelu(random([3], 1), random([2, 3], 1)), "slope.shape", "shape-mismatch"],
  [() => add(a, a, { scale: Number.NaN }), "scale", "invalid-argument"],
  [() => add(a, a, { alpha: 1 } as never), "options", "unknown-option"],
  [() => addBackward(dy, { preActivation: a }), "preActivation", "invalid-argument"],
  [() => addBackward(dy, { activation: "relu" }), "preActivation", "invalid-argument"],
])("refuses %s", (call, argument, code) => {
  expect(refusal(call)).toMatchObject({ argument, code });
});
