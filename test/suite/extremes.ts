// Fixtures for tests at the extremes of a number format: a problem for each algorithm and pass, its plan, and how far NaN and infinity may spread.
import { expect } from "vitest";
import { fromFloat16Bits, toFloat16Bits } from "../../src/base/dtype.ts";
import { elementCount } from "../../src/base/shape.ts";
import type { ConvDescriptor, ConvInputs, ConvPlan, Engine, Pass } from "../../src/index.ts";
import { type ConvProblem, splitKernel, splitShape } from "../../src/problem/problem.ts";
import { FACTORS, type Operands, reference, shapeOf } from "./passes.ts";
import { uniform } from "./random.ts";

export const CHANNELS = 4;
export const SIZE = 24;

/** The descriptor that these tests start from: 3x3 kernels over maps of 24x24, padded to keep their size. */
export function describedFor(algorithm: string, more: Partial<ConvDescriptor> = {}): ConvDescriptor {
  const taps = algorithm === "pointwise" ? 1 : 3;
  const groups = algorithm === "depthwise" ? CHANNELS : 1;
  return {
    inputShape: [1, CHANNELS, SIZE, SIZE],
    kernelShape: [CHANNELS, CHANNELS / groups, taps, taps],
    padding: taps >> 1,
    groups,
    ...more,
  };
}

/** The bits of numbers, which tell -0 from 0 and compare NaN as equal. */
export const bits = (values: Float32Array): Uint32Array =>
  new Uint32Array(values.buffer, values.byteOffset, values.length);

/** Rounds numbers to the element type. */
export function rounded({ dtype }: Pick<ConvProblem, "dtype">, values: Float32Array): Float32Array {
  return dtype === "f16" ? fromFloat16Bits(toFloat16Bits(values)) : values;
}

export function countOf(problem: ConvProblem, name: keyof ConvInputs | "result"): number {
  return elementCount(shapeOf(problem, name));
}

/** The two factors of the pass: non-zero numbers in [-1, 1). */
export function factorsFor(problem: ConvProblem, seed: number): Operands {
  const fill = (name: keyof ConvInputs, at: number): Float32Array =>
    rounded(
      problem,
      uniform(countOf(problem, name), seed + at).map((value) => (Math.abs(value) < 2 ** -10 ? 1 : value)),
    );
  const [a, b] = FACTORS[problem.pass];
  return { [a]: fill(a, 0), [b]: fill(b, 1) };
}

export function tensorsOf(engine: Engine, { problem }: ConvPlan, operands: Operands): ConvInputs {
  const { layout, dtype } = problem;
  return Object.fromEntries(
    Object.entries(operands).map(([name, values]) => [
      name,
      engine.tensor(values, shapeOf(problem, name as keyof ConvInputs), { layout, dtype }),
    ]),
  );
}

/** Runs a plan and returns its result. */
export async function compute(engine: Engine, plan: ConvPlan, operands: Operands): Promise<Float32Array> {
  const inputs = tensorsOf(engine, plan, operands);
  const result = plan.run(inputs);
  try {
    return await result.read();
  } finally {
    for (const tensor of [result, ...Object.values(inputs)]) tensor.destroy();
  }
}

/** Plans a pass by an algorithm for the duration of a callback. */
export async function withPlan(
  engine: Engine,
  pass: Pass,
  descriptor: ConvDescriptor,
  algorithm: string,
  work: (plan: ConvPlan) => Promise<void>,
): Promise<void> {
  const plan = await engine.plan(pass, descriptor, { algorithm });
  try {
    await work(plan);
  } finally {
    plan.destroy();
  }
}

/** The image and channels, row and column of an element. Tensors are channels-first. */
function placeOf(shape: readonly number[], at: number): { plane: number; row: number; column: number } {
  const [rows, columns] = shape.slice(-2) as [number, number];
  return { plane: Math.floor(at / columns / rows), row: Math.floor(at / columns) % rows, column: at % columns };
}

/**
 * Puts NaN or an infinity into an operand, and checks where it shows: in every element that depends on it. With plain sums all others keep
 * their bits (for weights: those of other channels). With algorithms whose errors spread, other channels and elements beyond that spread do.
 */
export async function expectReach(
  engine: Engine,
  plan: ConvPlan,
  value: number,
  operand: 0 | 1,
  at: (shape: readonly number[]) => number,
): Promise<void> {
  const { problem, errorSpread } = plan;
  const operands = factorsFor(problem, 4);
  const finite = await compute(engine, plan, operands);
  expect(finite.findIndex((one) => !Number.isFinite(one))).toBe(-1);
  const name = FACTORS[problem.pass][operand];
  const shape = shapeOf(problem, name);
  const place = at(shape);
  const spoilt = { ...operands, [name]: operands[name]!.with(place, value) };
  const expected = reference(problem, spoilt);
  const values = await compute(engine, plan, spoilt);
  expect(
    expected.findIndex((one, index) => !Number.isFinite(one) && Number.isFinite(values[index]!)),
    "lost",
  ).toBe(-1);
  const resultShape = shapeOf(problem, "result");
  const reached = expected.map((one, index) => (Number.isFinite(one) ? -1 : placeOf(resultShape, index).plane));
  const planes = new Set(reached);
  // A weight is also multiplied by the zeros of the border, and NaN or an infinity times 0 is NaN.
  const plain = errorSpread.every((extent) => extent === 0) && name !== "w";
  const from = placeOf(shape, place);
  const [, rows, columns] = errorSpread;
  const { spatial } = splitKernel(
    shapeOf(problem, problem.pass === "backward-weights" ? "result" : "w"),
    problem.layout,
  );
  // Between maps, positions correspond one to one.
  const maps = name !== "w" && problem.pass !== "backward-weights" && problem.stride.every((step) => step === 1);
  const unharmed = (one: number, index: number): boolean => {
    if (!Number.isFinite(one)) return false;
    if (plain) return true;
    const { plane, row, column } = placeOf(resultShape, index);
    if (!planes.has(plane)) return true;
    if (!maps) return false;
    return Math.abs(row - from.row) > rows + spatial[0]! || Math.abs(column - from.column) > columns + spatial[1]!;
  };
  const wrong = expected.findIndex((one, index) => unharmed(one, index) && !Object.is(values[index], finite[index]));
  expect(wrong, `element ${wrong} is ${values[wrong]}, not ${finite[wrong]}`).toBe(-1);
}

/** Places for the value: the middle of the middle plane, and the last corner. */
export const PLACES: Readonly<Record<string, (shape: readonly number[]) => number>> = {
  "in the middle": (shape) => {
    const [rows, columns] = shape.slice(-2) as [number, number];
    const planes = elementCount(shape) / rows / columns;
    return ((planes >> 1) * rows + (rows >> 1)) * columns + (columns >> 1);
  },
  "in a corner": (shape) => elementCount(shape) - 1,
};

/** An operand that leaves the other factor as it is: 0, with a 1 in the middle of each channel, or of the kernel from each channel to itself. */
export function unit(problem: ConvProblem, name: "x" | "w" | "dy"): Float32Array {
  const shape = shapeOf(problem, name);
  const values = new Float32Array(elementCount(shape));
  const [rows, columns] = shape.slice(-2) as [number, number];
  const centre = (rows >> 1) * columns + (columns >> 1);
  if (name === "w") {
    const inner = problem.C / problem.groups;
    for (let k = 0; k < problem.K; k++)
      values[(k * inner + (problem.groups === 1 ? k : 0)) * rows * columns + centre] = 1;
  } else {
    const { channels } = splitShape(shape, problem.layout);
    for (let c = 0; c < channels; c++) values[c * rows * columns + centre] = 1;
  }
  return values;
}
