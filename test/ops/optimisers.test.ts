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
  [() => sgd(one, one, { learningRate: 1, velocity: one }), "velocity"],
  [() => sgd(one, one, { learningRate: 1, momentum: 0.5, velocity: three }), "velocity.shape"],
  [() => sgd(one, one, { learningRate: 1, nesterov: true }), "nesterov"],
  [() => sgd(one, one, { learningRate: 1, dampening: 0 } as never), "options"],
  [() => adam(one, one, { learningRate: 1, step: 0, m: one, v: one }), "step"],
  [() => adam(one, one, { learningRate: 1, step: 1, beta1: 1, m: one, v: one }), "beta1"],
  [() => adam(one, one, { learningRate: 1, step: 1, m: one } as never), "v"],
])("refuses %o", (call, argument) => {
  expect(refusal(call)).toMatchObject({ argument });
});
