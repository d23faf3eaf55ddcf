// Times plans beside each other. Plans of the same algorithm and variant are one plan, whatever they were asked for by, and have one measurement.
import { type Recorder, type Stopwatch, type Timing, timeTogether } from "./stopwatch.ts";

/** What a plan computes by. */
export interface Method {
  readonly algorithm: string;
  readonly variant: string;
}

/** Returns what is measured for each, in order: the same object for those of one method. */
export async function oncePerMethod<T extends Method, R>(
  all: readonly T[],
  measure: (distinct: readonly T[]) => Promise<readonly R[]>,
): Promise<R[]> {
  const keys = all.map(({ algorithm, variant }) => JSON.stringify([algorithm, variant]));
  const firsts = keys.map((key) => keys.indexOf(key));
  const distinct = [...new Set(firsts)];
  const measured = await measure(distinct.map((at) => all[at]!));
  return firsts.map((first) => measured[distinct.indexOf(first)]!);
}

/** A plan that has run before. */
export interface TimedPlan extends Method {
  readonly record: Recorder;
}

/** Times plans of the same work. */
export function timePlans(stopwatch: Stopwatch, plans: readonly TimedPlan[], samples: number): Promise<Timing[]> {
  return oncePerMethod(plans, (distinct) =>
    timeTogether(
      distinct.map(({ record }) => stopwatch.sampler(record)),
      samples,
    ),
  );
}
