// Measures jobs on the same data: plans and runs each once, compares its result with the ground truth, then times all beside each other.
import { ConvError, type ConvPlan, type Engine } from "convoke";
import { describeLayer } from "../../bench/layer.ts";
import type { Stopwatch } from "../../bench/stopwatch.ts";
import { timePlans } from "../../bench/together.ts";
import { errorBound, multiplyAddsOf } from "./bound.ts";
import { groundTruthOf } from "./ground-truth.ts";
import type { Job } from "./jobs.ts";
import { type Prepared, describeJob, shapeOf } from "./prepare.ts";
import { type Row, type RowCheck, isWrong } from "./rows.ts";
import { largestDifference, until } from "./slices.ts";

export interface Means {
  readonly engine: Engine;
  readonly stopwatch: Stopwatch;
  readonly signal: AbortSignal;
  readonly samples: number;
  /** The most multiply-adds for the CPU reference; beyond them, the algorithm "direct" is the ground truth. */
  readonly referenceMultiplyAdds: number;
  /** Called with the current step. */
  readonly stage: (words: string) => void;
}

/** Returns the fields of a row that do not depend on measuring. */
export function rowOf(job: Job): Row {
  const { suite, layer, pass, dtype, layout, batch, algorithm } = job;
  const { problem } = describeJob(job);
  const elements = (["x", "w", "y"] as const)
    .map((operand) => shapeOf(problem, operand).reduce((product, size) => product * size, 1))
    .reduce((sum, size) => sum + size, 0);
  return {
    ...{ suite, layer: layer.id, what: describeLayer(layer), pass, dtype, layout, batch, algorithm },
    flops: 2 * multiplyAddsOf(problem),
    bytes: elements * (dtype === "f16" ? 2 : 4),
  };
}

/** A plan whose first result was right, and its row, which lacks the time. */
export interface Ready {
  readonly row: Row;
  readonly plan: ConvPlan;
}

/** Plans a job, runs it once and checks the result. Returns the row of a job that is not worth timing. */
export async function firstRun(means: Means, prepared: Prepared, job: Job): Promise<Row | Ready> {
  const { engine, signal, stage } = means;
  const row = rowOf(job);
  stage("planning and compiling");
  const start = performance.now();
  let plan: ConvPlan;
  try {
    const planned = engine.plan(prepared.problem.pass, prepared.descriptor, { algorithm: job.algorithm });
    plan = await until(signal, planned, (late) => late.destroy());
  } catch (error) {
    if (error instanceof ConvError && error.code === "unsupported") return { ...row, refused: error.message };
    throw error;
  }
  let ready = false;
  try {
    const { algorithm: chosen, variant, workspaceBytes, preparedBytes } = plan;
    stage("first run");
    const result = plan.run(prepared.inputs);
    try {
      await until(signal, engine.device.queue.onSubmittedWorkDone());
      const firstMilliseconds = performance.now() - start;
      const values = await until(signal, result.read());
      const check = await checked(means, prepared, plan, values);
      const common = { chosen, variant, workspaceBytes, preparedBytes, firstMilliseconds, ...(check && { check }) };
      const known = { ...row, ...common };
      // A wrong result gets no time.
      if (isWrong(known)) return known;
      ready = true;
      return { row: known, plan };
    } finally {
      result.destroy();
    }
  } finally {
    if (!ready) plan.destroy();
  }
}

/** Times plans of the same work beside each other, and returns their rows. */
export async function time(
  { engine, stopwatch, signal, samples }: Omit<Means, "stage">,
  { inputs }: Prepared,
  all: readonly Ready[],
): Promise<Row[]> {
  const plans = all.map(({ plan }) => plan);
  const [first] = plans;
  if (!first) return [];
  const result = first.run(inputs);
  try {
    const buffers = { ...inputs, [first.resultName]: result };
    const timings = await until(
      signal,
      timePlans({ device: engine.device, stopwatch, plans, buffers, samples, signal }),
    );
    return all.map(({ row }, at) => ({
      ...row,
      milliseconds: timings[at]!.seconds * 1e3,
      samples: timings[at]!.samples.map((seconds) => seconds * 1e3),
    }));
  } finally {
    result.destroy();
  }
}

/** Checks a result. Returns undefined for "direct" if that is the ground truth. */
async function checked(
  { engine, signal, stage, referenceMultiplyAdds }: Means,
  prepared: Prepared,
  plan: ConvPlan,
  values: Float32Array,
): Promise<RowCheck | undefined> {
  const { problem, descriptor, operands } = prepared;
  stage("checking the result");
  prepared.groundTruth ??= groundTruthOf(engine, problem, descriptor, operands, referenceMultiplyAdds, signal);
  const { expected, largest, against } = await until(signal, prepared.groundTruth);
  if (against === "direct" && plan.algorithm === "direct") return undefined;
  return {
    error: await largestDifference(values, expected, signal),
    bound: errorBound(problem, plan.errorGrowth, largest),
    against,
  };
}
