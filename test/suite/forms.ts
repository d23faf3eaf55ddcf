// The forms of test that every algorithm passes on every problem it supports (a case is one algorithm, variant and problem).
import { expect } from "vitest";
import type { Algorithm } from "../../src/algorithms/algorithm.ts";
import { fromFloat16Bits, toFloat16Bits } from "../../src/dtype.ts";
import type { ConvPlan, Engine } from "../../src/index.ts";
import { type ConvProblem, multiplyAdds, sumLength, tensorShape } from "../../src/problem.ts";
import { backwardData, backwardWeights, forward } from "../../src/reference/index.ts";
import { type Triple, elementCount } from "../../src/shape.ts";
import { type Operands, errorBounds } from "./bounds.ts";
import { type Inputs, runGuarded } from "./guarded.ts";
import { integers, uniform } from "./random.ts";

export interface Case {
  readonly engine: Engine;
  readonly plan: ConvPlan;
  readonly problem: ConvProblem;
  readonly seed: number;
  /** How far the algorithm's errors spread, and whether it is exact on small integers. */
  readonly spread: Triple;
  readonly norm: Algorithm["errorNorm"];
  readonly integral: boolean;
}

type Fill = (count: number, seed: number) => Float32Array;

/** Operands in the problem's layout, from a source of numbers, rounded to the problem's type: both sides compute with the same. */
function operandsOf(
  { problem, seed }: Case,
  source: Fill,
): Required<Pick<Operands, "x" | "w">> & Operands & { x: Float32Array; w: Float32Array } {
  const count = (operand: "x" | "w" | "y"): number => elementCount(tensorShape(problem, operand));
  const fill: Fill = (length, at) => {
    const values = source(length, at);
    return problem.dtype === "f16" ? fromFloat16Bits(toFloat16Bits(values)) : values;
  };
  return {
    x: fill(count("x"), seed),
    w: fill(count("w"), seed + 1),
    ...(problem.epilogue.bias ? { bias: fill(problem.K, seed + 2) } : {}),
    ...(problem.epilogue.residual ? { residual: fill(count("y"), seed + 3) } : {}),
  };
}

async function run({ engine, plan, problem }: Case, operands: ReturnType<typeof operandsOf>): Promise<Float32Array> {
  const { layout, dtype } = problem;
  const options = { layout, dtype };
  const inputs: Inputs = {
    x: engine.tensor(operands.x, tensorShape(problem, "x"), options),
    w: engine.tensor(operands.w, tensorShape(problem, "w"), options),
    ...(operands.bias ? { bias: engine.tensor(operands.bias, [problem.K], { dtype }) } : {}),
    ...(operands.residual ? { residual: engine.tensor(operands.residual, tensorShape(problem, "y"), options) } : {}),
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

/** Integers up to this size are stored exactly: all those of float32's 24 bits, and of a half's 11. */
const EXACT_INTEGERS = { f32: 2 ** 24, f16: 2 ** 11 };

/**
 * The largest size of integers, `most` at most, whose sums of products stay exact: n * size * max(size, |padding value|), with bias
 * and residual, within half the integers that are stored exactly. Size 1 always, where more than that would have to cancel.
 */
function exactBound(problem: ConvProblem, most: number): number {
  const limit = EXACT_INTEGERS[problem.dtype] / 2;
  const sum = (size: number): number =>
    sumLength(problem) * size * Math.max(size, Math.abs(problem.paddingValue)) + 2 * size;
  let size = most;
  while (size > 1 && sum(size) > limit) size--;
  return size;
}

/** Fails where a result that is to be met exactly could not be stored: the test's own mistake. */
function expectStorable({ dtype }: ConvProblem, expected: Float64Array): void {
  const largest = expected.reduce((size, value) => Math.max(size, Math.abs(value)), 0);
  expect(largest, "the largest expected integer").toBeLessThanOrEqual(EXACT_INTEGERS[dtype]);
}

const EXACT_ACTIVATIONS = ["none", "relu", "relu6"];

/** Whether the integer forms apply: other activations leave the integers. */
export function isExact(problem: ConvProblem): boolean {
  return EXACT_ACTIVATIONS.includes(problem.epilogue.activation.name);
}

/** Small integers: the result equals the reference, threshold 0; poisoned memory, guards, the same bits twice. */
export async function exact(test: Case): Promise<void> {
  const bound = exactBound(test.problem, 8);
  const operands = operandsOf(test, (count, seed) => integers(count, seed, bound));
  const expected = forward(test.problem, operands.x, operands.w, operands);
  expectStorable(test.problem, expected);
  const values = await run(test, operands);
  const wrong = expected.findIndex((value, at) => value !== values[at]);
  expect(wrong, wrong < 0 ? "" : `element ${wrong} is ${values[wrong]}, not ${expected[wrong]}`).toBe(-1);
}

/** Random numbers: every element within its own error bound. */
export async function componentwise(test: Case): Promise<void> {
  const operands = operandsOf(test, uniform);
  const expected = forward(test.problem, operands.x, operands.w, operands);
  const bounds = errorBounds(test.problem, operands, test.plan.errorGrowth, test.spread, test.norm);
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

/**
 * <conv(x), g> = <x, backwardData(g)> = <w, backwardWeights(x, g)>: on integers, and so without a threshold, where the algorithm is
 * exact on them; else on random numbers, where the errors of the outputs can add up to sum bound |g| (beside which those of
 * the inner products, in float64, are nothing).
 */
export async function adjoint(test: Case): Promise<void> {
  const { problem, integral } = test;
  const fill: Fill = integral ? (count, seed) => integers(count, seed, exactBound(problem, 4)) : uniform;
  const operands = operandsOf(test, fill);
  const values = await run(test, operands);
  const g = fill(values.length, test.seed + 4);
  const inner = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
    let sum = 0;
    for (let at = 0; at < a.length; at++) sum += a[at]! * b[at]!;
    return sum;
  };
  const product = inner(values, g);
  const most = integral
    ? 0
    : inner(errorBounds(problem, operands, test.plan.errorGrowth, test.spread, test.norm), g.map(Math.abs));
  const difference = (other: number): number => Math.abs(other - product);
  expect(difference(inner(operands.x, backwardData(problem, g, operands.w)))).toBeLessThanOrEqual(most);
  expect(difference(inner(operands.w, backwardWeights(problem, operands.x, g)))).toBeLessThanOrEqual(most);
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
