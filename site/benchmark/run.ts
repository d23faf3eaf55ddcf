// Measures jobs one after another. It ends at once when its signal aborts, and always frees everything it created.
import { ConvError, type ConvPlan, type Engine } from "convoke";
import { Stopwatch } from "../../bench/stopwatch.ts";
import { type Job, groupsOf, jobWeight } from "./jobs.ts";
import { type Means, type Ready, firstRun, rowOf, time } from "./measure.ts";
import { type OtherEngines, besideOthers } from "./peers/beside.ts";
import { type Prepared, prepare } from "./prepare.ts";
import { type Row, isTimed } from "./rows.ts";
import { secondsLeft } from "./time-left.ts";

export interface RunEvents {
  /** The current job. */
  stage(job: Job, words: string): void;
  progress(done: number, seconds: number | undefined): void;
  row(row: Row, job: Job): void;
}

export interface RunOptions extends Pick<Means, "signal" | "samples" | "referenceMultiplyAdds"> {
  readonly engine: Engine;
  /** Engines to set the fastest row of each group beside. */
  readonly others?: OtherEngines;
  readonly jobs: readonly Job[];
  readonly events: RunEvents;
}

/** Whether every later job would fail with the same error. */
function endsAll(error: unknown): boolean {
  return error instanceof ConvError && (error.code === "device-lost" || error.code === "destroyed");
}

export async function run({ engine, jobs, events, others, ...options }: RunOptions): Promise<void> {
  const { signal } = options;
  const means = { engine, stopwatch: new Stopwatch(engine.device), ...options };
  const start = performance.now();
  let [done, doneWeight, leftWeight] = [0, 0, jobs.reduce((sum, job) => sum + jobWeight(job), 0)];
  const group = new Group(means, events, others);
  try {
    for (const members of groupsOf(jobs)) {
      const rows = await group.measure(members);
      for (const [at, job] of members.entries()) {
        events.row(rows[at]!, job);
        doneWeight += jobWeight(job);
        leftWeight -= jobWeight(job);
        events.progress(++done, secondsLeft((performance.now() - start) / 1e3, doneWeight, leftWeight));
      }
      signal.throwIfAborted();
    }
  } finally {
    group.end();
  }
}

/** Measures the jobs of one group after the other. The device reports GPU errors meanwhile, which spoil the rows of their time. */
class Group {
  readonly #means: Omit<Means, "stage">;
  readonly #events: RunEvents;
  readonly #others: OtherEngines | undefined;
  #trouble: string | undefined;
  readonly #onTrouble = (event: GPUUncapturedErrorEvent): void => void (this.#trouble ??= event.error.message);

  constructor(means: Omit<Means, "stage">, events: RunEvents, others: OtherEngines | undefined) {
    this.#means = means;
    this.#events = events;
    this.#others = others;
    means.engine.device.addEventListener("uncapturederror", this.#onTrouble);
  }

  end(): void {
    this.#means.engine.device.removeEventListener("uncapturederror", this.#onTrouble);
  }

  /** Returns the rows of jobs on the same data. */
  async measure(jobs: readonly Job[]): Promise<Row[]> {
    const { engine, signal } = this.#means;
    const [first] = jobs as [Job];
    const tried: (Row | Ready)[] = [];
    const plans: ConvPlan[] = [];
    let prepared: Prepared | undefined;
    try {
      for (const job of jobs) {
        signal.throwIfAborted();
        const stage = (words: string): void => this.#events.stage(job, words);
        const [one] = await this.#guard([job], async () => {
          if (!prepared) stage("making data");
          prepared ??= await prepare(engine, job, signal);
          const result = await firstRun({ ...this.#means, stage }, prepared, job);
          if ("plan" in result) plans.push(result.plan);
          return [result];
        });
        tried.push(one!);
      }
      const ready = tried.filter((one): one is Ready => "plan" in one);
      if (ready.length > 0)
        this.#events.stage(first, `timing ${ready.length === 1 ? "it" : `${ready.length} in turns`}`);
      const ofReady = jobs.filter((_, at) => "plan" in tried[at]!);
      const timed = await this.#guard(ofReady, () => time(this.#means, prepared!, ready));
      await this.#besideOthers(prepared, plans, ofReady, timed);
      return tried.map((one) => ("plan" in one ? timed.shift()! : one));
    } finally {
      for (const plan of plans) plan.destroy();
      prepared?.free();
    }
  }

  /** Sets the fastest of timed rows, in place, beside the other engines, which compute in float32. */
  async #besideOthers(
    prepared: Prepared | undefined,
    plans: readonly ConvPlan[],
    jobs: readonly Job[],
    rows: Row[],
  ): Promise<void> {
    const others = this.#others;
    const [fastest] = rows.filter(isTimed).toSorted((a, b) => a.milliseconds - b.milliseconds);
    if (!others || !prepared || !fastest || fastest.dtype !== "f32") return;
    const at = rows.indexOf(fastest);
    const job = jobs[at]!;
    const stage = (words: string): void => this.#events.stage(job, words);
    const means = { ...this.#means, others, stage };
    rows[at] = (
      await this.#guard([job], async () => [await besideOthers(means, prepared, plans[at]!, job, fastest)])
    )[0]!;
  }

  /** Returns what `work` does, or rows with the reason why it failed. */
  async #guard<T>(jobs: readonly Job[], work: () => Promise<T[]>): Promise<(T | Row)[]> {
    const failure = (failed: string): Row[] => jobs.map((job) => ({ ...rowOf(job), failed }));
    try {
      const done = await work();
      return this.#trouble === undefined ? done : failure(this.#trouble);
    } catch (error) {
      if (this.#means.signal.aborted || endsAll(error)) throw error;
      return failure(error instanceof Error ? error.message : String(error));
    } finally {
      this.#trouble = undefined;
    }
  }
}
