// Measures jobs one after another. It ends at once when its signal aborts, and always frees everything it created.
import { ConvError, type Engine } from "convoke";
import { Stopwatch } from "../../bench/stopwatch.ts";
import { type Job, dataKey, jobWeight } from "./jobs.ts";
import { type Means, measure, rowOf } from "./measure.ts";
import { type Prepared, prepare } from "./prepare.ts";
import type { Row } from "./rows.ts";
import { secondsLeft } from "./time-left.ts";

export interface RunEvents {
  /** The current job. */
  stage(job: Job, words: string): void;
  progress(done: number, seconds: number | undefined): void;
  row(row: Row, job: Job): void;
}

export interface RunOptions extends Pick<Means, "signal" | "samples" | "referenceMultiplyAdds"> {
  readonly engine: Engine;
  readonly jobs: readonly Job[];
  readonly events: RunEvents;
}

/** Whether every later job would fail with the same error. */
function endsAll(error: unknown): boolean {
  return error instanceof ConvError && (error.code === "device-lost" || error.code === "destroyed");
}

export async function run({ engine, jobs, events, ...options }: RunOptions): Promise<void> {
  const { signal } = options;
  const stopwatch = new Stopwatch(engine.device);
  const start = performance.now();
  const weights = jobs.map(jobWeight);
  let [doneWeight, leftWeight] = [0, weights.reduce((sum, weight) => sum + weight, 0)];
  let data: { key: string; prepared: Prepared } | undefined;
  // The device reports GPU errors while a plan is timed.
  let trouble: string | undefined;
  const onTrouble = (event: GPUUncapturedErrorEvent): void => void (trouble ??= event.error.message);
  engine.device.addEventListener("uncapturederror", onTrouble);
  const one = async (job: Job): Promise<Row> => {
    const stage = (words: string): void => events.stage(job, words);
    try {
      if (data?.key !== dataKey(job)) {
        data?.prepared.free();
        data = undefined;
        stage("making data");
        data = { key: dataKey(job), prepared: await prepare(engine, job, signal) };
      }
      const row = await measure({ engine, stopwatch, stage, ...options }, data.prepared, job);
      return trouble === undefined ? row : { ...rowOf(job), failed: trouble };
    } catch (error) {
      if (signal.aborted || endsAll(error)) throw error;
      return { ...rowOf(job), failed: error instanceof Error ? error.message : String(error) };
    } finally {
      trouble = undefined;
    }
  };
  try {
    for (const [at, job] of jobs.entries()) {
      signal.throwIfAborted();
      events.row(await one(job), job);
      doneWeight += weights[at]!;
      leftWeight -= weights[at]!;
      events.progress(at + 1, secondsLeft((performance.now() - start) / 1e3, doneWeight, leftWeight));
    }
  } finally {
    data?.prepared.free();
    engine.device.removeEventListener("uncapturederror", onTrouble);
  }
}
