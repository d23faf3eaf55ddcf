// Measures every variant of every algorithm that can compute a problem, on the same data, and ranks them. Each result is checked against that of
// `direct`, or of the fastest algorithm that sums as it does, before its time counts. Candidates run in the order of their estimates: the best
// come first, so that slow ones show by their first sample, or are not worth running at all.
import { SEQUENTIAL_SUM } from "../algorithms/algorithm.ts";
import { MAX_SECONDS, type Rates, estimate } from "../algorithms/cost.ts";
import { gamma } from "../base/arithmetic.ts";
import { elementCount } from "../base/shape.ts";
import { Stopwatch } from "../gpu/stopwatch.ts";
import type { Tensor } from "../gpu/tensor.ts";
import type { Constraints, Ranked } from "../planner/choose.ts";
import { noise } from "../planner/noise.ts";
import { type ConvDescriptor, type ConvProblem, type Pass } from "../problem/problem.ts";
import { sumLength } from "../problem/sum-length.ts";
import type { ConvBuffers } from "./buffers.ts";
import type { FindOptions, Found } from "./find-options.ts";
import { type ConvInputs, inputsOf, operandShape } from "./operands.ts";

/** The members of a plan that find uses. */
export interface MeasuredPlan {
  readonly workspaceBytes: number;
  readonly preparedBytes: number;
  readonly resultName: string;
  run(inputs: ConvInputs): Tensor;
  encode(encoder: GPUCommandEncoder, buffers: ConvBuffers): void;
  destroy(): void;
}

/** The engine as find uses it. */
export interface Workbench {
  readonly device: GPUDevice;
  plan(pass: Pass, descriptor: ConvDescriptor, constraints: Constraints): Promise<MeasuredPlan>;
  tensor(data: ArrayLike<number>, shape: readonly number[]): Tensor;
  /** The candidates of the problem within the constraints of the search, or within others, by rank. */
  ranked(constraints?: Constraints): readonly Ranked[];
  /** How fast the adapter is, by which candidates were ranked. */
  readonly rates: Rates;
  /** Rejects if the device is lost or the engine destroyed: either may explain the failure `cause`. */
  check?(cause?: unknown): Promise<void>;
}

/** Samples of a candidate. */
const SAMPLES = 5;

/** A candidate whose first sample takes more than this many times the best time gets no further samples. */
const HOPELESS = 1.3;

/** Seconds by estimate that `direct` may take to compute the ground truth. */
const LONGEST_TRUTH = 2;

/** A candidate that takes so many times the best time by estimate, and so many seconds, is not measured: estimates are not as wrong as that. */
const OUT_OF_REACH = { times: 10, seconds: 0.2 };

type Inputs = readonly { name: keyof ConvInputs; shape: number[]; values: Float32Array }[];

/** Random values for every tensor that a plan of the problem reads. */
function inputsFor(problem: ConvProblem): Inputs {
  return inputsOf(problem).map(({ name, operand }, at) => {
    const shape = operandShape(problem, operand);
    return { name, shape, values: noise(elementCount(shape), at + 1) };
  });
}

/**
 * Returns the largest difference from the result of `direct` that rounding explains at any element. It covers the error bounds of both results
 * for sums of magnitudes up to `largest`, of which gamma counts some terms, activations whose slope is under 2 and which are good to 1e-5, and the rounding of stored halves.
 */
export function errorLimit(
  problem: ConvProblem,
  errorGrowth: number,
  largest: number,
  terms = sumLength(problem),
): number {
  const { activation } = problem.epilogue;
  const slope = 2 * Math.max(1, Math.abs(activation.parameter));
  const derivative = problem.activationGradient ? 2 * Math.max(1, problem.activationGradient.activation.parameter) : 1;
  const size = largest * derivative + 2; // and the bias and the residual
  const storing = problem.dtype === "f16" ? 2 ** -9 * size : 0;
  const evaluation = activation.name === "none" && !problem.activationGradient ? 0 : 1e-5 * size;
  return slope * (errorGrowth * gamma(terms + 3) + gamma(sumLength(problem) + 3)) * size + evaluation + storing;
}

/** The largest difference between two results; NaN counts as an infinite difference. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let largest = 0;
  for (let at = 0; at < a.length; at++) {
    const difference = Math.abs(a[at]! - b[at]!);
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Infinity : difference;
  }
  return largest;
}

/** The descriptor of the bare sum, without epilogue and activation gradient, and with the magnitude of the padding value. */
function bareSum(descriptor: ConvDescriptor): ConvDescriptor {
  const { bias: _, residual: __, activation: ___, activationGradient: ____, paddingValue, ...plain } = descriptor;
  return { ...plain, ...(paddingValue !== undefined && { paddingValue: Math.abs(paddingValue) }) };
}

/** The algorithm that computes the ground truth: `direct`, the simplest, or where that takes too long the fastest that sums term by term as well. */
export function algorithmOfTruth(ranked: readonly Ranked[]): string {
  const exact = ranked.filter(({ candidate: { error } }) => error.growth === SEQUENTIAL_SUM.growth);
  const direct = exact.find(({ algorithm }) => algorithm === "direct");
  return direct && direct.seconds > LONGEST_TRUTH ? exact[0]!.algorithm : "direct";
}

/** Why a candidate is not worth running when the best takes `best` seconds, measured or by estimate; undefined if it is. */
function reasonNotToMeasure({ candidate, seconds }: Ranked, best: number, rates: Rates): string | undefined {
  const longest = Math.max(0, ...candidate.work.map((one) => estimate([one], rates)));
  const [what, time] =
    longest > MAX_SECONDS
      ? ["a dispatch of ", longest]
      : seconds > Math.max(OUT_OF_REACH.seconds, OUT_OF_REACH.times * best)
        ? ["", seconds]
        : [];
  return time === undefined ? undefined : `not measured: estimated ${what}${Number(time.toPrecision(2))} s`;
}

async function resultOf(plan: MeasuredPlan, inputs: ConvInputs): Promise<Float32Array> {
  const result = plan.run(inputs);
  try {
    return await result.read();
  } finally {
    result.destroy();
  }
}

/** Computes the ground truth: the result of an algorithm on the data, and the largest sum of magnitudes of its terms. */
async function groundTruth(
  workbench: Workbench,
  problem: ConvProblem,
  descriptor: ConvDescriptor,
  inputs: ConvInputs,
  data: Inputs,
): Promise<{ expected: Float32Array; largest: number }> {
  const algorithm = algorithmOfTruth(workbench.ranked({}));
  const truth = await workbench.plan(problem.pass, descriptor, { algorithm });
  try {
    const expected = await resultOf(truth, inputs);
    const plain = await workbench.plan(problem.pass, bareSum(descriptor), { algorithm });
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
    truth.destroy();
  }
}

/**
 * Measures the candidates of a problem.
 * @returns the measured candidates, fastest first, then those that failed or were not measured
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
    for (const [done, one] of ranked.entries()) {
      signal?.throwIfAborted();
      const { algorithm, candidate, seconds } = one;
      const { variant, error } = candidate;
      const name = { algorithm, variant };
      progress?.({ done, total: ranked.length, ...name });
      const common = { ...name, estimatedMilliseconds: seconds * 1e3, errorGrowth: error.growth };
      // Estimates may all be too long.
      const near = Math.max(best, ranked[0]!.seconds);
      const notMeasured = reasonNotToMeasure(one, near, workbench.rates);
      if (notMeasured !== undefined) {
        const { workspaceBytes, preparedBytes } = candidate;
        found.push({ ...common, workspaceBytes, preparedBytes, notMeasured });
        continue;
      }
      const cap =
        constraints.maxWorkspaceBytes === undefined ? {} : { maxWorkspaceBytes: constraints.maxWorkspaceBytes };
      try {
        const measured = await measure(workbench, stopwatch, problem.pass, descriptor, { ...name, ...cap }, inputs, {
          expected,
          tolerance: errorLimit(problem, error.growth, largest, error.halfTerms),
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

/** Compiles, checks and times one candidate. */
async function measure(
  workbench: Workbench,
  stopwatch: Stopwatch,
  pass: Pass,
  descriptor: ConvDescriptor,
  constraints: Constraints,
  inputs: ConvInputs,
  { expected, tolerance, limit }: { expected: Float32Array; tolerance: number; limit: number },
): Promise<Omit<Found, "algorithm" | "variant" | "estimatedMilliseconds" | "errorGrowth">> {
  const plan = await workbench.plan(pass, descriptor, constraints);
  const sizes = { workspaceBytes: plan.workspaceBytes, preparedBytes: plan.preparedBytes };
  try {
    const result = plan.run(inputs);
    try {
      const off = distance(await result.read(), expected);
      if (off > tolerance)
        return { ...sizes, failed: `its result is off by ${off}, more than the ${tolerance} that rounding explains` };
      const buffers = { ...inputs, [plan.resultName]: result };
      const { seconds, samples } = await stopwatch.time(
        (encoder, count) => {
          for (let run = 0; run < count; run++) plan.encode(encoder, buffers);
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
    // Frees the weights that the plan prepacked.
    inputs.w?.updated();
  }
}

/** The results of a search in the form that the tuning table stores. */
export function measurementsOf(found: readonly Found[]): { algorithm: string; variant: string; seconds: number }[] {
  return found
    .filter(({ milliseconds }) => milliseconds !== undefined)
    .map(({ algorithm, variant, milliseconds }) => ({ algorithm, variant, seconds: milliseconds! / 1e3 }));
}
