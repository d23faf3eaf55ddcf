// What a selection comes to: one job for each way to compute each layer, those on the same data next to each other.
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

/** The jobs of a selection. A pass that is chosen both by name and as a layer's own is one job. */
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

/** The same for jobs on the same data. */
export function dataKey({ layer, pass, dtype, layout, batch }: Job): string {
  return JSON.stringify([layer, pass, dtype, layout, batch]);
}

/** Multiply-adds that a job takes as long as, whatever it computes: compiling, and samples that have to last. */
const OVERHEAD = 5e7;

/** What a job weighs in the estimate of the time left. */
export function jobWeight({ layer, pass, batch }: Job): number {
  return OVERHEAD + batch * layerMultiplyAdds(layer, pass);
}
