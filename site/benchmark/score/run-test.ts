// Runs the test: the roofline, then contest after contest until the time is over.
import type { Engine } from "convoke";
import { Stopwatch } from "../../../bench/stopwatch.ts";
import { CONTESTS, type Contest } from "./contests.ts";
import { type Measured, measureContest } from "./measure-contest.ts";

export interface TestEvents {
  /** A contest begins, the `at`-th. */
  begins(contest: Contest, at: number): void;
  measured(measured: Measured): void;
}

export interface TestOptions {
  readonly engine: Engine;
  readonly signal: AbortSignal;
  /** After which nothing else begins. */
  readonly seconds: number;
  readonly flopsPerSecond: number;
  readonly events: TestEvents;
}

/** The order: what the score needs first. */
export async function runTest({ engine, signal, seconds, flopsPerSecond, events }: TestOptions): Promise<void> {
  const deadline = performance.now() + 1000 * seconds;
  const stopwatch = new Stopwatch(engine.device);
  for (const [at, contest] of CONTESTS.entries()) {
    signal.throwIfAborted();
    if (performance.now() > deadline) return;
    events.begins(contest, at);
    events.measured(await measureContest({ engine, stopwatch, signal, flopsPerSecond }, contest));
  }
}
