// Measures every way to compute a problem and ranks them: each variant of each algorithm, on the same data, checked against `direct` before
// its time counts. Candidates run in the order of their estimates, so that the best come first and losers are known by their first sample.
import { gamma } from "../base/arithmetic.ts";
import { elementCount } from "../base/shape.ts";
import { Stopwatch } from "../gpu/stopwatch.ts";
import type { Tensor } from "../gpu/tensor.ts";
import type { Constraints, Ranked } from "../planner/choose.ts";
import { noise } from "../planner/noise.ts";
import { type ConvDescriptor, type ConvProblem, type Pass, sumLength } from "../problem/problem.ts";
import type { FindOptions, Found } from "./find-options.ts";
import { type ConvBuffers, type ConvInputs, inputsOf, operandShape } from "./operands.ts";

/** What find needs of a plan. */
export interface MeasuredPlan {
  readonly workspaceBytes: number;
  readonly preparedBytes: number;
  readonly resultName: string;
  run(inputs: ConvInputs): Tensor;
  encode(encoder: GPUCommandEncoder, buffers: ConvBuffers): void;
  destroy(): void;
}

/** What find needs of an engine. */
export interface Workbench {
  readonly device: GPUDevice;
  plan(pass: Pass, descriptor: ConvDescriptor, constraints: Constraints): Promise<MeasuredPlan>;
  tensor(data: ArrayLike<number>, shape: readonly number[]): Tensor;
  ranked(): readonly Ranked[];
  /** Rejects where the device is lost or the engine destroyed, which may be why something failed. */
  check?(cause?: unknown): Promise<void>;
}

const SAMPLES = 5;

/** A candidate whose first sample takes this many times the best is a loser. */
const HOPELESS = 1.3;

type Inputs = readonly { name: keyof ConvInputs; shape: number[]; values: Float32Array }[];

/** Random numbers for everything that a plan of the problem reads. */
function inputsFor(problem: ConvProblem): Inputs {
  return inputsOf(problem).map(({ name, operand }, at) => {
    const shape = operandShape(problem, operand);
    return { name, shape, values: noise(elementCount(shape), at + 1) };
  });
}

/**
 * How far a result may be from that of `direct`, everywhere: both error bounds, for sums of magnitudes of which `largest` is the largest,
 * through activations of slopes under 2 that are good to 1e-5, and where halves are stored their rounding.
 */
export function errorLimit(problem: ConvProblem, errorGrowth: number, largest: number): number {
  const { activation } = problem.epilogue;
  const slope = 2 * Math.max(1, Math.abs(activation.parameter));
  const derivative = problem.activationGradient ? 2 * Math.max(1, problem.activationGradient.activation.parameter) : 1;
  const size = largest * derivative + 2; // and the bias and the residual
  const storing = problem.dtype === "f16" ? 2 ** -9 * size : 0;
  const evaluation = activation.name === "none" && !problem.activationGradient ? 0 : 1e-5 * size;
  return slope * (errorGrowth + 1) * gamma(sumLength(problem) + 3) * size + evaluation + storing;
}

/** The largest difference of two results; NaN counts as infinitely far. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let largest = 0;
  for (let at = 0; at < a.length; at++) {
    const difference = Math.abs(a[at]! - b[at]!);
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Infinity : difference;
  }
  return largest;
}

/** The descriptor of the sum alone, without epilogue and activation gradient. */
function plainOf(descriptor: ConvDescriptor): ConvDescriptor {
  const { bias: _, residual: __, activation: ___, activationGradient: ____, paddingValue, ...plain } = descriptor;
  return { ...plain, ...(paddingValue !== undefined && { paddingValue: Math.abs(paddingValue) }) };
}

async function resultOf(plan: MeasuredPlan, inputs: ConvInputs): Promise<Float32Array> {
  const result = plan.run(inputs);
  try {
    return await result.read();
  } finally {
    result.destroy();
  }
}

/** The ground truth: the result of `direct` on the data, and the largest of its sums of magnitudes. */
async function groundTruth(
  workbench: Workbench,
  problem: ConvProblem,
  descriptor: ConvDescriptor,
  inputs: ConvInputs,
  data: Inputs,
): Promise<{ expected: Float32Array; largest: number }> {
  const direct = await workbench.plan(problem.pass, descriptor, { algorithm: "direct" });
  try {
    const expected = await resultOf(direct, inputs);
    const plain = await workbench.plan(problem.pass, plainOf(descriptor), { algorithm: "direct" });
    const sizes: ConvInputs = {};
    try {
      for (const { name, values, shape } of data) {
        if (name === "x" || name === "w" || name === "dy") sizes[name] = workbench.tensor(values.map(Math.abs), shape);
      }
      const sums = await resultOf(plain, sizes);
      return { expected, largest: sums.reduce((most, sum) => Math.max(most, sum), 0) };
    } finally {
      plain.destroy();
      for (const tensor of Object.values(sizes)) tensor.destroy();
    }
  } finally {
    direct.destroy();
  }
}

/**
 * Measures the candidates of a problem.
 * @returns those that ran first, the fastest first, then those that failed
 */
export async function find(
  workbench: Workbench,
  problem: ConvProblem,
  descriptor: ConvDescriptor,
  constraints: Constraints,
  { progress, signal }: Pick<FindOptions, "progress" | "signal">,
): Promise<Found[]> {
  signal?.throwIfAborted();
  const ranked = workbench.ranked();
  const data = inputsFor(problem);
  const stopwatch = new Stopwatch(workbench.device);
  const inputs: ConvInputs = {};
  const found: Found[] = [];
  try {
    for (const { name, values, shape } of data) inputs[name] = workbench.tensor(values, shape);
    const { expected, largest } = await groundTruth(workbench, problem, descriptor, inputs, data);
    let best = Infinity;
    for (const [done, { algorithm, candidate, seconds }] of ranked.entries()) {
      signal?.throwIfAborted();
      const { variant, error } = candidate;
      const name = { algorithm, variant };
      progress?.({ done, total: ranked.length, ...name });
      const common = { ...name, estimatedMilliseconds: seconds * 1e3, errorGrowth: error.growth };
      const cap =
        constraints.maxWorkspaceBytes === undefined ? {} : { maxWorkspaceBytes: constraints.maxWorkspaceBytes };
      try {
        const measured = await measure(workbench, stopwatch, problem.pass, descriptor, { ...name, ...cap }, inputs, {
          expected,
          most: errorLimit(problem, error.growth, largest),
          limit: best * HOPELESS,
        });
        await workbench.check?.();
        if (measured.milliseconds !== undefined) best = Math.min(best, measured.milliseconds / 1e3);
        found.push({ ...common, ...measured });
      } catch (cause) {
        signal?.throwIfAborted();
        await workbench.check?.(cause);
        found.push({ ...common, failed: String(cause instanceof Error ? cause.message : cause) });
      }
    }
    progress?.({ done: ranked.length, total: ranked.length });
  } finally {
    for (const tensor of Object.values(inputs)) tensor.destroy();
  }
  const time = ({ milliseconds }: Found): number => milliseconds ?? Infinity;
  return found.toSorted((a, b) => (time(a) === time(b) ? 0 : time(a) - time(b)));
}

/** One candidate: compiled, checked, timed. */
async function measure(
  workbench: Workbench,
  stopwatch: Stopwatch,
  pass: Pass,
  descriptor: ConvDescriptor,
  constraints: Constraints,
  inputs: ConvInputs,
  { expected, most, limit }: { expected: Float32Array; most: number; limit: number },
): Promise<Omit<Found, "algorithm" | "variant" | "estimatedMilliseconds" | "errorGrowth">> {
  const plan = await workbench.plan(pass, descriptor, constraints);
  const sizes = { workspaceBytes: plan.workspaceBytes, preparedBytes: plan.preparedBytes };
  try {
    const result = plan.run(inputs);
    try {
      const off = distance(await result.read(), expected);
      if (off > most)
        return { ...sizes, failed: `its result is off by ${off}, more than the ${most} that rounding explains` };
      const buffers = { ...inputs, [plan.resultName]: result };
      const { seconds, samples } = await stopwatch.time(
        (encoder, count) => {
          for (let turn = 0; turn < count; turn++) plan.encode(encoder, buffers);
        },
        SAMPLES,
        limit,
      );
      return { ...sizes, milliseconds: seconds * 1e3, samples: samples.map((sample) => sample * 1e3) };
    } finally {
      result.destroy();
    }
  } finally {
    plan.destroy();
    // The prepacked weights of the plan go with it.
    inputs.w?.updated();
  }
}
