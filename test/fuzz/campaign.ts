// Runs the fuzzer: batches of arbitrary cases, each from its own seed, with failures shrunk to minimal cases.
import * as fc from "fast-check";
import type { Dtype } from "../../src/base/dtype.ts";
import type { Outcome } from "./call.ts";
import type { Space } from "./calls.ts";
import type { Case } from "./case.ts";
import { cases } from "./cases.ts";
import { codeOf } from "./code.ts";

/** Cases in a batch. A batch ends with its first failure; the next one goes on. */
const BATCH = 250;

/** The most attempts to shrink a failing case. */
const MOST_SHRINKS = 400;

export interface Settings {
  readonly space: Space;
  readonly seed: number;
  /** The number of cases to try. */
  readonly runs: number;
  /** When to stop, as a Date.now() time, whatever the number of runs. */
  readonly until?: number;
  readonly dtypes: readonly Dtype[];
  /** The path of a single case to try, as printed with a failure of this seed. */
  readonly path?: string;
  /** Returns the instruction to try a failing case again. */
  readonly again?: (seed: number, path: string) => string;
}

export interface Report {
  readonly runs: number;
  readonly computed: number;
  readonly refused: number;
  /** The number of computed cases by algorithm, and of refused ones by code. */
  readonly counts: Readonly<Record<string, number>>;
  /** A description of each failure, with code that reproduces it. */
  readonly failures: readonly string[];
}

/** Describes a failure by its minimal case. */
function failureText(one: Case, wrong: string, again: string): string {
  return [wrong, codeOf(one), `case: ${JSON.stringify(one)}`, `again: ${again}`].join("\n");
}

/**
 * Tries cases and judges their outcomes.
 * @param perform tries one case
 * @param progress called after each batch
 */
export async function campaign(
  settings: Settings,
  perform: (one: Case) => Promise<Outcome>,
  progress: (report: Report) => void = () => undefined,
): Promise<Report> {
  const { space, dtypes, until, path, again = (seed, at) => `seed ${seed}, path ${at}` } = settings;
  const counts: Record<string, number> = {};
  const failures: string[] = [];
  let [runs, computed, refused] = [0, 0, 0];
  const report = (): Report => ({ runs, computed, refused, counts, failures });
  for (let batch = 0; runs < settings.runs && Date.now() < (until ?? Infinity); batch++) {
    const seed = settings.seed + batch;
    let [failed, shrinks] = [false, 0];
    const property = fc.asyncProperty(cases(space, dtypes), async (one) => {
      if (failed && ++shrinks > MOST_SHRINKS) return;
      if (!failed && Date.now() >= (until ?? Infinity)) return;
      const outcome = await perform(one);
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
    // A path leads to a minimal case, the first one tried.
    const which = path === undefined ? { numRuns } : { path, endOnFailure: true, numRuns: 1 };
    const { counterexample, counterexamplePath, errorInstance } = await fc.check(property, { seed, ...which });
    if (counterexample) {
      runs++;
      const wrong = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
      failures.push(failureText(counterexample[0], wrong, again(seed, counterexamplePath ?? "")));
    }
    progress(report());
    if (path !== undefined) break;
  }
  return report();
}
