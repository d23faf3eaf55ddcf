// Refusals of optimiser steps.
import { expect, test } from "vitest";
import { adam, sgd } from "../../src/reference.ts";
import { refusal } from "../suite/refusal.ts";

const one = { shape: [2], data: [1, 2] };
const three = { shape: [3], data: [1, 2, 3] };

test.each([
  [() => sgd(one, three, { learningRate: 1 }), "dw.shape"],
  [() => sgd(one, one, { learningRate: -1 }), "learningRate"],
  [() => sgd(one, one, {} as never), "learningRate"],
  [() => sgd(one, one, { learningRate: 1, momentum: 0.9 }), "velocity"],
  [() => sgd(one, one, { learningRate: 1, momentum: 0.5, velocity: three }), "velocity.shape"],
  [() => sgd(one, one, { learningRate: 1, nesterov: true }), "nesterov"],
  [() => sgd(one, one, { learningRate: 1, dampening: 0 } as never), "options"],
  [() => adam(one, one, { learningRate: 1, step: 0, m: one, v: one }), "step"],
  [() => adam(one, one, { learningRate: 1, step: 1, beta1: 1, m: one, v: one }), "beta1"],
  [() => adam(one, one, { learningRate: 1, step: 1, m: one } as never), "v"],
  [() => sgd(one, one, { learningRate: 1, momentum: 0, nesterov: true, velocity: one }), "nesterov"],
])("refuses %o", (call, argument) => {
  expect(refusal(call)).toMatchObject({ argument });
});

test("a momentum of 0, the default, needs no velocity, and updates one that is there", () => {
  const plain = sgd(one, one, { learningRate: 0.5 });
  expect(sgd(one, one, { learningRate: 0.5, momentum: 0 })).toEqual(plain);
  const velocity = { shape: [2], data: [8, 9] };
  const expected = { ...plain, velocity: { shape: [2], data: Float64Array.of(1, 2) } };
  expect(sgd(one, one, { learningRate: 0.5, velocity })).toEqual(expected);
  expect(sgd(one, one, { learningRate: 0.5, momentum: 0, velocity })).toEqual(expected);
});
