// The forms of test that every algorithm passes on every problem it supports (a case is one algorithm, variant and problem).
import { expect } from "vitest";
import type { ConvPlan, Engine } from "../../src/index.ts";
import { type ConvProblem, multiplyAdds, sumLength, tensorShape } from "../../src/problem.ts";
import { backwardData, backwardWeights, forward } from "../../src/reference/index.ts";
import { elementCount } from "../../src/shape.ts";
import { type Operands, errorBounds } from "./bounds.ts";
import { type Inputs, runGuarded } from "./guarded.ts";
import { integers, uniform } from "./random.ts";

export interface Case {
  readonly engine: Engine;
  readonly plan: ConvPlan;
  readonly problem: ConvProblem;
  readonly seed: number;
}

type Fill = (count: number, seed: number) => Float32Array;

/** Operands in the problem's layout, from a source of numbers. */
function operandsOf(
  { problem, seed }: Case,
  fill: Fill,
): Required<Pick<Operands, "x" | "w">> & Operands & { x: Float32Array; w: Float32Array } {
  const count = (operand: "x" | "w" | "y"): number => elementCount(tensorShape(problem, operand));
  return {
    x: fill(count("x"), seed),
    w: fill(count("w"), seed + 1),
    ...(problem.epilogue.bias ? { bias: fill(problem.K, seed + 2) } : {}),
    ...(problem.epilogue.residual ? { residual: fill(count("y"), seed + 3) } : {}),
  };
}

async function run({ engine, plan, problem }: Case, operands: ReturnType<typeof operandsOf>): Promise<Float32Array> {
  const { layout } = problem;
  const inputs: Inputs = {
    x: engine.tensor(operands.x, tensorShape(problem, "x"), { layout }),
    w: engine.tensor(operands.w, tensorShape(problem, "w"), { layout }),
    ...(operands.bias ? { bias: engine.tensor(operands.bias, [problem.K]) } : {}),
    ...(operands.residual ? { residual: engine.tensor(operands.residual, tensorShape(problem, "y"), { layout }) } : {}),
  };
  try {
    const first = await runGuarded(engine, plan, inputs);
    const second = await runGuarded(engine, plan, inputs);
    const bits = (values: Float32Array): Uint32Array =>
      new Uint32Array(values.buffer, values.byteOffset, values.length);
    expect(bits(second), "the same bits twice").toEqual(bits(first));
    return first;
  } finally {
    for (const tensor of Object.values(inputs)) tensor.destroy();
  }
}

/** The largest size of integers whose sums of products stay exact in float32: n * bound^2 below 2^24, 8 at most. */
function exactBound(problem: ConvProblem): number {
  return Math.max(1, Math.min(8, Math.floor(Math.sqrt(2 ** 23 / sumLength(problem)))));
}

const EXACT_ACTIVATIONS = ["none", "relu", "relu6"];

/** Whether the integer forms apply: other activations leave the integers. */
export function isExact(problem: ConvProblem): boolean {
  return EXACT_ACTIVATIONS.includes(problem.epilogue.activation.name);
}

/** Small integers: the result equals the reference, threshold 0; poisoned memory, guards, the same bits twice. */
export async function exact(test: Case): Promise<void> {
  const bound = exactBound(test.problem);
  const operands = operandsOf(test, (count, seed) => integers(count, seed, bound));
  const expected = forward(test.problem, operands.x, operands.w, operands);
  const values = await run(test, operands);
  const wrong = expected.findIndex((value, at) => value !== values[at]);
  expect(wrong, wrong < 0 ? "" : `element ${wrong} is ${values[wrong]}, not ${expected[wrong]}`).toBe(-1);
}

/** Random numbers: every element within its own error bound. */
export async function componentwise(test: Case): Promise<void> {
  const operands = operandsOf(test, uniform);
  const expected = forward(test.problem, operands.x, operands.w, operands);
  const bounds = errorBounds(test.problem, operands, test.plan.errorGrowth);
  const values = await run(test, operands);
  // Written so that NaN counts as wrong.
  const wrong = expected.findIndex((value, at) => !(Math.abs(value - values[at]!) <= bounds[at]!));
  expect(
    wrong,
    wrong < 0 ? "" : `element ${wrong} is ${values[wrong]}, not ${expected[wrong]} +- ${bounds[wrong]}`,
  ).toBe(-1);
}

/** Whether the operation is linear in x, as the adjoint identity needs, and small enough for two more passes on the CPU. */
export function isLinear(problem: ConvProblem): boolean {
  const { bias, residual, activation } = problem.epilogue;
  return !bias && !residual && activation.name === "none" && problem.paddingValue === 0 && multiplyAdds(problem) < 1e6;
}

/** <conv(x), g> = <x, backwardData(g)> = <w, backwardWeights(x, g)>, on integers and so without a threshold. */
export async function adjoint(test: Case): Promise<void> {
  const { problem } = test;
  const operands = operandsOf(test, (count, seed) => integers(count, seed, 4));
  const values = await run(test, operands);
  const g = integers(values.length, test.seed + 4, 4);
  const inner = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
    let sum = 0;
    for (let at = 0; at < a.length; at++) sum += a[at]! * b[at]!;
    return sum;
  };
  const product = inner(values, g);
  expect(inner(operands.x, backwardData(problem, g, operands.w))).toBe(product);
  expect(inner(operands.w, backwardWeights(problem, operands.x, g))).toBe(product);
}

/** NaN and infinity in one input cell reach just the outputs that depend on it; an output is non-finite exactly where the reference is. */
export async function nonFinite(test: Case): Promise<void> {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
    const operands = operandsOf(test, (count, seed) => integers(count, seed, 4).map((one) => one || 1));
    operands.x[Math.floor(operands.x.length / 2)] = value;
    const expected = forward(test.problem, operands.x, operands.w, operands);
    const values = await run(test, operands);
    const wrong = expected.findIndex((one, at) => Number.isFinite(one) !== Number.isFinite(values[at]!));
    expect(wrong, wrong < 0 ? "" : `element ${wrong} is ${values[wrong]}, not ${expected[wrong]}`).toBe(-1);
  }
}
