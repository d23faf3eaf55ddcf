// The operations beside convolution that are timed, each on the shapes of a network that has it. To add one: an entry in a file of
// operations/.
import type { Dtype } from "../src/base/dtype.ts";
import type { Layout } from "../src/index.ts";
import { noise } from "../src/planner/noise.ts";
import { joinShape, splitKernel } from "../src/problem/problem.ts";
import { ELEMENTS } from "./operations/elements.ts";
import type { BenchOperation, Computer, Input, Place, Tensors } from "./operations/entry.ts";
import { GLOBAL_POOLING } from "./operations/global-pooling.ts";
import { LAYERS } from "./operations/layers.ts";
import { LOSSES } from "./operations/losses.ts";
import { MOVES } from "./operations/moves.ts";
import { NORMALISATIONS } from "./operations/normalisations.ts";
import { OPTIMISERS } from "./operations/optimisers.ts";
import { POOLING } from "./operations/pooling.ts";
import { UPSAMPLING } from "./operations/upsampling.ts";

export const OPERATIONS: readonly BenchOperation[] = [
  ...POOLING,
  ...GLOBAL_POOLING,
  ...UPSAMPLING,
  ...ELEMENTS,
  ...LOSSES,
  ...MOVES,
  ...NORMALISATIONS,
  ...LAYERS,
  ...OPTIMISERS,
];

/** The circumstances that an entry is computed in. */
export interface Circumstances {
  readonly layout: Layout;
  readonly dtype: Dtype;
  /** Samples of a call. */
  readonly batch: number;
}

/** The shape of an input in a layout and batch. */
export function inputShape(
  { shape, batched = shape.length > 1, map = shape.length > 2, weights = false }: Input,
  { layout, batch }: Pick<Circumstances, "layout" | "batch">,
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

/** The numbers of an input. */
export function inputValues({ values = noise }: Input, count: number, seed: number): ArrayLike<number> {
  return values(count, seed);
}

/** Where the engine computes. */
export function enginePlace(circumstances: Circumstances): Place {
  return {
    layout: {},
    shape: (shape) => inputShape({ shape }, circumstances),
    weights: (shape) => inputShape({ shape, weights: true }, circumstances),
  };
}

/** Where the reference does. */
export function referencePlace(circumstances: Circumstances): Place {
  return { ...enginePlace(circumstances), layout: { layout: circumstances.layout } };
}

/** What the call is given, and what was made on the way. */
export function givenTo(
  one: BenchOperation,
  on: Computer,
  inputs: Tensors,
  place: Place,
): { given: Tensors; rest: Tensors } {
  const all = Object.entries({ ...inputs, ...one.before?.(on, inputs, place) });
  const isGiven = ([name]: [string, unknown]): boolean => one.given?.includes(name) ?? true;
  return {
    given: Object.fromEntries(all.filter(isGiven)),
    rest: Object.fromEntries(all.filter((named) => !isGiven(named))),
  };
}

/** What a call returns, and what it changes. */
export function resultsOf(one: BenchOperation, tensors: Tensors, returned: Tensors | void): Tensors {
  const changed = (one.changes ?? []).map((name) => [name, tensors[name]!]);
  return { ...(Object.fromEntries(changed) as Tensors), ...returned };
}
