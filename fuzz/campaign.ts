// A run of the fuzzer: batches of arbitrary calls, each batch from a seed of its own, the failures shrunk to minimal cases.
import * as fc from "fast-check";
import type { Dtype } from "../src/dtype.ts";
import type { Call, Outcome } from "./call.ts";
import { type Space, calls } from "./calls.ts";
import { codeOf } from "./code.ts";

/** Calls of a batch. A batch ends with its first failure, and the next one goes on. */
const BATCH = 250;

/** Attempts to make a failing case smaller. */
const MOST_SHRINKS = 400;

export interface Settings {
  readonly space: Space;
  readonly seed: number;
  /** How many calls to make. */
  readonly runs: number;
  /** When to stop, on the clock of Date.now(), where the runs are not what counts. */
  readonly until?: number;
  readonly dtypes: readonly Dtype[];
}

export interface Report {
  readonly runs: number;
  readonly computed: number;
  readonly refused: number;
  /** How often each algorithm computed, and each code refused. */
  readonly counts: Readonly<Record<string, number>>;
  /** Each failure in words, with code that shows it. */
  readonly failures: readonly string[];
}

/** The words for a failure whose minimal case is known. */
function failureText(call: Call, wrong: string, seed: number): string {
  return [wrong, `(batch of seed ${seed})`, codeOf(call), `case: ${JSON.stringify(call)}`].join("\n");
}

/**
 * Makes calls and judges them.
 * @param perform makes one
 * @param progress is told of each batch
 */
export async function campaign(
  settings: Settings,
  perform: (call: Call) => Promise<Outcome>,
  progress: (report: Report) => void = () => undefined,
): Promise<Report> {
  const { space, dtypes, until } = settings;
  const counts: Record<string, number> = {};
  const failures: string[] = [];
  let [runs, computed, refused] = [0, 0, 0];
  const report = (): Report => ({ runs, computed, refused, counts, failures });
  for (let batch = 0; runs < settings.runs && Date.now() < (until ?? Infinity); batch++) {
    const seed = settings.seed + batch;
    let [failed, shrinks] = [false, 0];
    const property = fc.asyncProperty(calls(space, dtypes), async (call) => {
      if (failed && ++shrinks > MOST_SHRINKS) return;
      if (!failed && Date.now() >= (until ?? Infinity)) return;
      const outcome = await perform(call);
      if ("wrong" in outcome) {
        failed = true;
        throw new Error(outcome.wrong);
      }
      if (failed) return;
      runs++;
      const name = outcome.ended === "computed" ? outcome.algorithm : outcome.code;
      counts[name] = (counts[name] ?? 0) + 1;
      if (outcome.ended === "computed") computed++;
      else refused++;
    });
    const numRuns = Math.min(BATCH, settings.runs - runs);
    const { counterexample, errorInstance } = await fc.check(property, { seed, numRuns });
    if (counterexample) {
      runs++;
      const wrong = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
      failures.push(failureText(counterexample[0], wrong, seed));
    }
    progress(report());
  }
  return report();
}
