// The operations beside convolution to time, each on the shapes of a network that uses it. To add one, write an entry in a file of
// operations/.
import type { Dtype } from "../src/base/dtype.ts";
import type { Layout } from "../src/index.ts";
import { noise } from "../src/planner/noise.ts";
import { joinShape, splitKernel } from "../src/problem/problem.ts";
import { ELEMENTS } from "./operations/elements.ts";
import type { BenchOperation, Computer, Input, Place, Results, Tensors } from "./operations/entry.ts";
import { GLOBAL_POOLING } from "./operations/global-pooling.ts";
import { LAYERS } from "./operations/layers.ts";
import { LOSSES } from "./operations/losses.ts";
import { MOVES } from "./operations/moves.ts";
import { NORMALISATIONS } from "./operations/normalisations.ts";
import { OPTIMISERS } from "./operations/optimisers.ts";
import { POOLING } from "./operations/pooling.ts";
import { REDUCTIONS } from "./operations/reductions.ts";
import { UPSAMPLING } from "./operations/upsampling.ts";

export const OPERATIONS: readonly BenchOperation[] = [
  ...POOLING,
  ...GLOBAL_POOLING,
  ...UPSAMPLING,
  ...ELEMENTS,
  ...LOSSES,
  ...REDUCTIONS,
  ...MOVES,
  ...NORMALISATIONS,
  ...LAYERS,
  ...OPTIMISERS,
];

/** The conditions under which an entry is computed. */
export interface Conditions {
  readonly layout: Layout;
  readonly dtype: Dtype;
  /** Samples (images) in one call. */
  readonly batch: number;
}

/** Returns the shape of an input in a layout and batch. */
export function inputShape(
  { shape, batched = shape.length > 1, map = shape.length > 2, weights = false }: Input,
  { layout, batch }: Pick<Conditions, "layout" | "batch">,
): number[] {
  if (weights) {
    const { outer, inner, spatial } = splitKernel(shape, "channels-first");
    return layout === "channels-first" ? [...shape] : [...spatial, inner, outer];
  }
  const [first, ...rest] = shape as [number, ...number[]];
  const samples = batched ? batch * first : first;
  if (!map) return [samples, ...rest];
  const [channels, ...spatial] = rest as [number, ...number[]];
  return joinShape(samples, channels, spatial, layout);
}

/** Returns the values of an input. */
export function inputValues({ values = noise }: Input, count: number, seed: number): ArrayLike<number> {
  return values(count, seed);
}

/** Returns the place for calls on the engine. */
export function enginePlace(conditions: Conditions): Place {
  return {
    layout: {},
    shape: (shape) => inputShape({ shape }, conditions),
    weights: (shape) => inputShape({ shape, weights: true }, conditions),
  };
}

/** Returns the place for calls on the reference. */
export function referencePlace(conditions: Conditions): Place {
  return { ...enginePlace(conditions), layout: { layout: conditions.layout } };
}

/** Runs `before`, and separates the tensors that the call takes from the others. */
export function givenTo(
  one: BenchOperation,
  on: Computer,
  inputs: Tensors,
  place: Place,
): { given: Tensors; rest: Tensors } {
  const all = Object.entries({ ...inputs, ...(one.before?.(on, inputs, place) as Tensors | undefined) });
  const isGiven = ([name]: [string, unknown]): boolean => one.given?.includes(name) ?? true;
  return {
    given: Object.fromEntries(all.filter(isGiven)),
    rest: Object.fromEntries(all.filter((named) => !isGiven(named))),
  };
}

/** Returns the results of a call: those it returns and the tensors it changes in place. */
export function resultsOf(one: BenchOperation, tensors: Tensors, returned: Results | void): Tensors {
  const changed = (one.changes ?? []).map((name) => [name, tensors[name]!]);
  return { ...(Object.fromEntries(changed) as Tensors), ...(returned as Tensors | undefined) };
}
