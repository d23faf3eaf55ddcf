// The jobs of a selection: one for each way to compute each layer, with jobs on the same data in sequence.
import type { Dtype, Layout } from "convoke";
import { type BenchPass, type Layer, layerMultiplyAdds } from "../../bench/layer.ts";
import { SUITES } from "../../bench/suites.ts";
import type { Selection } from "./selection.ts";

export interface Job {
  readonly suite: string;
  readonly layer: Layer;
  readonly pass: BenchPass;
  readonly dtype: Dtype;
  readonly layout: Layout;
  readonly batch: number;
  readonly algorithm: string;
}

/** Returns the jobs of a selection. A pass chosen both by name and as a layer's own is one job. */
export function jobsOf(selection: Selection): Job[] {
  const { suite, layers, passes, algorithms, dtypes, layouts, batch } = selection;
  const chosen = (SUITES[suite] ?? []).filter(({ id }) => layers.includes(id));
  return chosen.flatMap((layer) =>
    [...new Set(passes.map((pass) => (pass === "own" ? layer.pass : pass)))].flatMap((pass) =>
      dtypes.flatMap((dtype) =>
        layouts.flatMap((layout) =>
          algorithms.map((algorithm) => ({ suite, layer, pass, dtype, layout, batch, algorithm })),
        ),
      ),
    ),
  );
}

/** Returns a key that jobs on the same data share. */
export function dataKey({ layer, pass, dtype, layout, batch }: Job): string {
  return JSON.stringify([layer, pass, dtype, layout, batch]);
}

/** Returns the jobs in order, those in sequence on the same data together. */
export function groupsOf(jobs: readonly Job[]): Job[][] {
  const groups: Job[][] = [];
  for (const job of jobs) {
    const last = groups.at(-1);
    if (last && dataKey(last[0]!) === dataKey(job)) last.push(job);
    else groups.push([job]);
  }
  return groups;
}

/** The fixed cost of a job, in equivalent multiply-adds: compiling, and samples of a minimum length. */
const OVERHEAD = 5e7;

/** Returns the weight of a job in the estimate of the time left. */
export function jobWeight({ layer, pass, batch }: Job): number {
  return OVERHEAD + batch * layerMultiplyAdds(layer, pass);
}
