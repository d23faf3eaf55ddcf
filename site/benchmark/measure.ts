// Measures one job: plans and runs it once, compares the result with the ground truth, then times it.
import { ConvError, type ConvPlan, type Engine } from "convoke";
import { describeLayer } from "../../bench/layer.ts";
import type { Stopwatch } from "../../bench/stopwatch.ts";
import { errorBound, multiplyAddsOf } from "./bound.ts";
import { groundTruthOf } from "./ground-truth.ts";
import type { Job } from "./jobs.ts";
import { type Prepared, describeJob, shapeOf } from "./prepare.ts";
import type { Row, RowCheck } from "./rows.ts";
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

export async function measure(means: Means, prepared: Prepared, job: Job): Promise<Row> {
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
  try {
    return { ...row, ...(await runPlan(means, prepared, plan, start)) };
  } finally {
    plan.destroy();
    // Drops the weights that the plan prepacked.
    if (prepared.inputs.w && !prepared.inputs.w.destroyed) prepared.inputs.w.updated();
  }
}

async function runPlan(means: Means, prepared: Prepared, plan: ConvPlan, start: number): Promise<Partial<Row>> {
  const { engine, stopwatch, signal, stage, samples } = means;
  const { algorithm: chosen, variant, workspaceBytes, preparedBytes } = plan;
  stage("first run");
  const result = plan.run(prepared.inputs);
  try {
    await until(signal, engine.device.queue.onSubmittedWorkDone());
    const firstMilliseconds = performance.now() - start;
    const values = await until(signal, result.read());
    const common = { chosen, variant, workspaceBytes, preparedBytes, firstMilliseconds };
    const check = await checked(means, prepared, plan, values);
    // A wrong result gets no time.
    if (check && !(check.error <= check.bound)) return { ...common, check };
    stage("timing");
    const buffers = { ...prepared.inputs, [plan.resultName]: result };
    const timing = await until(
      signal,
      stopwatch.time((encoder, count) => {
        signal.throwIfAborted();
        for (let turn = 0; turn < count; turn++) plan.encode(encoder, buffers);
      }, samples),
    );
    return {
      ...common,
      ...(check && { check }),
      milliseconds: timing.seconds * 1e3,
      samples: timing.samples.map((seconds) => seconds * 1e3),
    };
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
