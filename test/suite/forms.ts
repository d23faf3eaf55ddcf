// The checks that every algorithm must pass on every problem it supports. A case is one algorithm, variant and problem.
import { expect } from "vitest";
import type { Algorithm, Candidate, ErrorBound } from "../../src/algorithms/algorithm.ts";
import { fromFloat16Bits, toFloat16Bits } from "../../src/base/dtype.ts";
import { elementCount } from "../../src/base/shape.ts";
import { briefPlan } from "../../src/conv/first-calls.ts";
import { checkInputs } from "../../src/conv/operands.ts";
import { Runner } from "../../src/conv/runner.ts";
import type { ConvInputs, ConvPlan, Engine } from "../../src/index.ts";
import type { Plan } from "../../src/kernel/step.ts";
import {
  type ConvDescriptor,
  type ConvProblem,
  type Pass,
  convProblem,
  multiplyAdds,
} from "../../src/problem/problem.ts";
import { sumLength } from "../../src/problem/sum-length.ts";
import { errorBounds } from "./bounds.ts";
import { runGuarded } from "./guarded.ts";
import { FACTORS, type Operands, gateValues, namesOf, reference, shapeOf } from "./passes.ts";
import type { NamedProblem } from "./problems.ts";
import { integers, seedOf, uniform } from "./random.ts";

export interface Case {
  readonly engine: Engine;
  readonly plan: ConvPlan;
  readonly problem: ConvProblem;
  readonly seed: number;
  /** The error that the candidate states. */
  readonly error: ErrorBound;
}

/** Plans a problem by a candidate of an algorithm, runs a form of test on it, and frees it. */
export async function withCase(
  engine: Engine,
  { name: algorithm }: Algorithm,
  pass: Pass,
  { name, descriptor }: NamedProblem,
  { variant, error }: Candidate<unknown>,
  body: (test: Case) => Promise<void>,
): Promise<void> {
  const plan = await engine.plan(pass, descriptor, { algorithm, variant });
  const problem = convProblem(pass, descriptor);
  try {
    await body({ engine, plan, problem, seed: seedOf(name), error });
  } finally {
    plan.destroy();
  }
}

type Fill = (count: number, seed: number) => Float32Array;

/** Rounds numbers to the problem's element type, so that both sides compute with the same. */
function rounded({ dtype }: ConvProblem, values: Float32Array): Float32Array {
  return dtype === "f16" ? fromFloat16Bits(toFloat16Bits(values)) : values;
}

/** Generates the operands of a problem from a source of numbers. */
function operandsOf({ problem, seed }: Pick<Case, "problem" | "seed">, source: Fill): Operands {
  const fill = (name: keyof ConvInputs, at: number): Float32Array =>
    rounded(problem, source(elementCount(shapeOf(problem, name)), at));
  const operands: Operands = {};
  namesOf(problem).forEach((name, at) => (operands[name] = fill(name, seed + at)));
  const { activationGradient: by } = problem;
  if (by) {
    const name = by.from === "output" ? "output" : "preActivation";
    operands[name] = rounded(problem, gateValues(problem, fill(name, seed + 8)));
  }
  return operands;
}

async function run({ engine, plan, problem }: Pick<Case, "engine" | "plan" | "problem">, operands: Operands) {
  const { layout, dtype } = problem;
  const inputs: ConvInputs = Object.fromEntries(
    Object.entries(operands).map(([name, values]) => [
      name,
      engine.tensor(values, shapeOf(problem, name as keyof ConvInputs), { layout, dtype }),
    ]),
  );
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

/** Integers up to this size are stored exactly: 24 bits in float32, 11 in a half. */
const EXACT_INTEGERS = { f32: 2 ** 24, f16: 2 ** 11 };

/**
 * The largest magnitude of integers, up to `most`, whose sums of products stay exact: n * size * max(size, |padding value|), plus bias and
 * residual, is at most half of the largest integer that is stored exactly. At least 1, even if exactness then relies on cancellation.
 */
function exactBound(problem: ConvProblem, most: number): number {
  const limit = EXACT_INTEGERS[problem.dtype] / 2;
  const sum = (size: number): number =>
    sumLength(problem) * size * Math.max(size, Math.abs(problem.paddingValue)) + 2 * size;
  let size = most;
  while (size > 1 && sum(size) > limit) size--;
  return size;
}

/** Fails if an exact result cannot be stored, which is a mistake of the test. */
function expectStorable({ dtype }: ConvProblem, expected: Float64Array): void {
  const largest = expected.reduce((size, value) => Math.max(size, Math.abs(value)), 0);
  expect(largest, "the largest expected integer").toBeLessThanOrEqual(EXACT_INTEGERS[dtype]);
}

const EXACT_ACTIVATIONS = ["none", "relu", "relu6"];

/** Whether results of integers are integers: most activations and their derivatives are not integer-valued. */
export function isExact({ epilogue, activationGradient }: ConvProblem): boolean {
  return [epilogue.activation.name, activationGradient?.activation.name ?? "none"].every((name) =>
    EXACT_ACTIVATIONS.includes(name),
  );
}

/** Small integers: the result equals the reference exactly, on poisoned and guarded memory, with the same bits twice. */
export async function exact(test: Case): Promise<void> {
  const bound = exactBound(test.problem, 8);
  const operands = operandsOf(test, (count, seed) => integers(count, seed, bound));
  const expected = reference(test.problem, operands);
  expectStorable(test.problem, expected);
  const values = await run(test, operands);
  const wrong = expected.findIndex((value, at) => value !== values[at]);
  expect(wrong, wrong < 0 ? "" : `element ${wrong} is ${values[wrong]}, not ${expected[wrong]}`).toBe(-1);
}

/** The error bound of each element, as the candidate states it. */
function boundsOf({ problem, error }: Case, operands: Operands): Float64Array {
  return errorBounds(problem, operands, error.growth, error.spread, error.norm, error.halfTerms);
}

/** Random numbers: every element is within its own error bound. */
export async function componentwise(test: Case): Promise<void> {
  const operands = operandsOf(test, uniform);
  const expected = reference(test.problem, operands);
  const bounds = boundsOf(test, operands);
  const values = await run(test, operands);
  // Not >, which NaN would pass.
  const wrong = expected.findIndex((value, at) => !(Math.abs(value - values[at]!) <= bounds[at]!));
  expect(
    wrong,
    wrong < 0 ? "" : `element ${wrong} is ${values[wrong]}, not ${expected[wrong]} +- ${bounds[wrong]}`,
  ).toBe(-1);
}

/** Whether the pass is linear in x, as the adjoint identity requires. */
export function isLinear({ epilogue, paddingValue }: ConvProblem): boolean {
  return !epilogue.bias && !epilogue.residual && epilogue.activation.name === "none" && paddingValue === 0;
}

/** Whether there are few enough terms to compute the bounds of all three passes quickly. */
export function isSmall(problem: ConvProblem): boolean {
  return multiplyAdds(problem) < 1e6;
}

function inner(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += a[at]! * b[at]!;
  return sum;
}

/**
 * Checks <conv(x, w), g> = <x, backwardData(g, w)> = <w, backwardWeights(x, g)>, all three computed on the GPU by one algorithm. If the
 * algorithm is exact on integers in every pass, the operands are integers and the threshold is 0. Otherwise they are random, and each result's
 * error is at most the inner product of its bounds with the magnitudes of the other factor; that of the inner products themselves, in float64,
 * is negligible.
 * @param cases the three passes of one problem
 */
export async function adjoint(cases: readonly Case[]): Promise<void> {
  const integral = cases.every((one) => one.error.exactOnIntegers);
  const limits = cases.map(({ problem }) => exactBound(problem, 4));
  const fill: Fill = integral ? (count, seed) => integers(count, seed, Math.min(...limits)) : uniform;
  const [forward] = cases as [Case];
  const of = (name: "x" | "w" | "result", seed: number): Float32Array =>
    rounded(forward.problem, fill(elementCount(shapeOf(forward.problem, name)), seed));
  const all = { x: of("x", forward.seed), w: of("w", forward.seed + 1), dy: of("result", forward.seed + 2) };
  const products: { value: number; most: number }[] = [];
  for (const one of cases) {
    const [a, b] = FACTORS[one.problem.pass];
    const operands: Operands = { [a]: all[a], [b]: all[b] };
    const values = await run(one, operands);
    const other = all[(["x", "w", "dy"] as const).find((name) => name !== a && name !== b)!];
    // Halves are rounded when they are stored, even if the sums are exact.
    const exactly = integral && forward.problem.dtype === "f32";
    const most = exactly ? 0 : inner(boundsOf(one, operands), other.map(Math.abs));
    products.push({ value: inner(values, other), most });
  }
  const [first, ...rest] = products as [(typeof products)[0], ...typeof products];
  for (const { value, most } of rest) expect(Math.abs(value - first.value)).toBeLessThanOrEqual(most + first.most);
}

/** The kernels of first calls compute the same bits as the plan itself. */
export async function brief({ engine, problem, seed }: Case, plan: Plan): Promise<void> {
  const { layout, dtype } = problem;
  const inputs: ConvInputs = {};
  for (const [name, values] of Object.entries(operandsOf({ problem, seed }, uniform)))
    inputs[name as keyof ConvInputs] = engine.tensor(values, shapeOf(problem, name as keyof ConvInputs), {
      layout,
      dtype,
    });
  const { gpu } = (inputs.x ?? inputs.dy)!;
  const loops = gpu.device.features.has("subgroups");
  const bitsOf = async (startsBrief: boolean): Promise<Uint8Array> => {
    const runner = new Runner(gpu, problem, startsBrief ? briefPlan(plan, { loops }) : plan);
    try {
      // Weights are packed by each.
      inputs.w?.updated();
      using result = runner.run(checkInputs(gpu, problem, inputs), inputs);
      const values = await result.read();
      return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    } finally {
      runner.destroy();
    }
  };
  try {
    const [first, later] = [await bitsOf(true), await bitsOf(false)];
    const differing = first.findIndex((byte, at) => byte !== later[at]);
    expect(differing, "the first byte that differs").toBe(-1);
  } finally {
    for (const tensor of Object.values(inputs)) tensor.destroy();
  }
}

/** NaN and infinity in one cell reach only the elements that depend on it: the result is non-finite exactly where the reference is. */
export async function nonFinite(test: Case): Promise<void> {
  const [factor] = FACTORS[test.problem.pass];
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
    const operands = operandsOf(test, (count, seed) => integers(count, seed, 4).map((one) => one || 1));
    const cells = operands[factor]!;
    cells[Math.floor(cells.length / 2)] = value;
    const expected = reference(test.problem, operands);
    const values = await run(test, operands);
    const wrong = expected.findIndex((one, at) => Number.isFinite(one) !== Number.isFinite(values[at]!));
    expect(wrong, wrong < 0 ? "" : `element ${wrong} is ${values[wrong]}, not ${expected[wrong]}`).toBe(-1);
  }
}

/** Plans a variant by its name and checks it: within its error bound, and bit by bit on integers where it adds those exactly. */
export async function checkVariant(
  engine: Engine,
  pass: Pass,
  descriptor: ConvDescriptor,
  { name, algorithm, variant, error }: { name: string; algorithm: string; variant: string; error: ErrorBound },
): Promise<void> {
  const plan = await engine.plan(pass, descriptor, { algorithm, variant });
  try {
    const { problem } = plan;
    const test = { engine, plan, problem, seed: seedOf(name), error };
    await componentwise(test);
    if (error.exactOnIntegers && isExact(problem)) await exact(test);
  } finally {
    plan.destroy();
  }
}
