// Measures every variant of every algorithm that can compute a problem, on the same data, and ranks them. Each result is checked against that of
// `direct`, or of the fastest algorithm that sums as it does, before its time counts. Candidates run in the order of their estimates: the best
// come first, so that slow ones show by their first sample, or are not worth running at all. The best of them are then timed in turns.
import { MAX_SECONDS, type Rates, estimate } from "../algorithms/cost.ts";
import { gamma } from "../base/arithmetic.ts";
import { elementCount } from "../base/shape.ts";
import { type Timing, spread, timeTogether } from "../gpu/samples.ts";
import { type Recorder, Stopwatch } from "../gpu/stopwatch.ts";
import type { Tensor } from "../gpu/tensor.ts";
import type { Constraints, Ranked } from "../planner/choose.ts";
import { noise } from "../planner/noise.ts";
import type { ConvDescriptor, ConvProblem } from "../problem/problem.ts";
import { sumLength } from "../problem/sum-length.ts";
import type { FindOptions, Found } from "./find-options.ts";
import { type Inputs, groundTruth } from "./find-truth.ts";
import { type ConvInputs, inputsOf, operandShape } from "./operands.ts";
import type { MeasuredPlan, Workbench } from "./workbench.ts";

/** Samples of each of the best candidates, and the most that are timed beside each other. */
const SAMPLES = 5;
const FINALISTS = 4;

/** A candidate that takes more than this many times the best time is none of the best. */
const HOPELESS = 1.3;

/** The planner's choice is timed beside the best up to this many times their time: whatever else the machine does may double a first look. */
const DOUBTFUL = 3;

/** A candidate that takes so many times the best time by estimate, and so many seconds, is not measured: estimates are not as wrong as that. */
const OUT_OF_REACH = { times: 10, seconds: 0.2 };

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

/** What candidates are measured with and on. */
interface Search {
  readonly workbench: Workbench;
  readonly stopwatch: Stopwatch;
  readonly problem: ConvProblem;
  readonly descriptor: ConvDescriptor;
  readonly constraints: Constraints;
  readonly inputs: ConvInputs;
  readonly signal: AbortSignal | undefined;
}

/**
 * Measures the candidates of a problem.
 * @returns all candidates: the measured ones, fastest first, then the others
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
  const search = { workbench, stopwatch, problem, descriptor, constraints, inputs, signal };
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
      try {
        const tolerance = errorLimit(problem, error.growth, largest, error.halfTerms);
        const measured = await firstLook(search, name, { expected, tolerance, limit: best * HOPELESS });
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
    // The planner ranks its choice first.
    return await timeBest(search, found.toSorted(byTime), found[0]);
  } finally {
    for (const tensor of Object.values(inputs)) tensor.destroy();
  }
}

function byTime({ milliseconds: a = Infinity }: Found, { milliseconds: b = Infinity }: Found): number {
  return a === b ? 0 : a - b;
}

/** Plans candidates, hands over what records each, and frees what they prepared. */
async function withPlans<T>(
  { workbench, problem, descriptor, constraints, inputs }: Search,
  names: readonly { algorithm: string; variant: string }[],
  use: (plans: readonly MeasuredPlan[], recorders: (result: Tensor) => readonly Recorder[]) => Promise<T>,
): Promise<T> {
  const cap = constraints.maxWorkspaceBytes === undefined ? {} : { maxWorkspaceBytes: constraints.maxWorkspaceBytes };
  const plans: MeasuredPlan[] = [];
  try {
    for (const { algorithm, variant } of names)
      plans.push(await workbench.plan(problem.pass, descriptor, { algorithm, variant, ...cap }));
    return await use(plans, (result) =>
      plans.map((plan) => {
        const buffers = { ...inputs, [plan.resultName]: result };
        return (encoder, count) => {
          for (let run = 0; run < count; run++) plan.encode(encoder, buffers);
        };
      }),
    );
  } finally {
    for (const plan of plans) plan.destroy();
    // Frees the weights that the plans prepacked.
    inputs.w?.updated();
  }
}

/** Compiles and checks a candidate, and times it by itself. */
function firstLook(
  search: Search,
  name: { algorithm: string; variant: string },
  { expected, tolerance, limit }: { expected: Float32Array; tolerance: number; limit: number },
): Promise<Omit<Found, "algorithm" | "variant" | "estimatedMilliseconds" | "errorGrowth">> {
  return withPlans(search, [name], async ([plan], recorders) => {
    const { workspaceBytes, preparedBytes } = plan!;
    const sizes = { workspaceBytes, preparedBytes };
    const result = plan!.run(search.inputs);
    try {
      const off = distance(await result.read(), expected);
      if (off > tolerance)
        return { ...sizes, failed: `its result is off by ${off}, more than the ${tolerance} that rounding explains` };
      const [recorder] = recorders(result);
      return { ...sizes, ...inMilliseconds(await search.stopwatch.sampler(recorder!).warmUp(limit)) };
    } finally {
      result.destroy();
    }
  });
}

/** Times the best candidates again, beside each other, and with them the planner's choice. */
async function timeBest(search: Search, found: readonly Found[], choice: Found | undefined): Promise<Found[]> {
  const { workbench, stopwatch, inputs, signal } = search;
  const least = found[0]?.milliseconds ?? 0;
  const best = found.filter((one, at) => {
    const times = one === choice ? DOUBTFUL : at < FINALISTS ? HOPELESS : 0;
    return (one.milliseconds ?? Infinity) <= times * least;
  });
  try {
    const timings = await withPlans(search, best, async (plans, recorders) => {
      const result = plans[0]?.run(inputs);
      if (!result) return [];
      try {
        const samplers = recorders(result).map((record) =>
          stopwatch.sampler((...given) => {
            signal?.throwIfAborted();
            record(...given);
          }),
        );
        return await timeTogether(samplers, SAMPLES);
      } finally {
        result.destroy();
      }
    });
    await workbench.check?.();
    const retimed = found.map((one) => {
      const timing = timings[best.indexOf(one)];
      return timing ? { ...one, ...inMilliseconds(timing) } : one;
    });
    return retimed.toSorted(byTime);
  } catch (cause) {
    signal?.throwIfAborted();
    await workbench.check?.(cause);
    // Together they need more memory than alone: what they took alone stands.
    return [...found];
  }
}

function inMilliseconds({ seconds, samples }: Timing): Pick<Found, "milliseconds" | "samples" | "spread"> {
  return {
    milliseconds: seconds * 1e3,
    samples: samples.map((sample) => sample * 1e3),
    spread: spread(samples),
  };
}

/** The results of a search in the form that the tuning table stores. */
export function measurementsOf(found: readonly Found[]): { algorithm: string; variant: string; seconds: number }[] {
  return found
    .filter(({ milliseconds }) => milliseconds !== undefined)
    .map(({ algorithm, variant, milliseconds }) => ({ algorithm, variant, seconds: milliseconds! / 1e3 }));
}
