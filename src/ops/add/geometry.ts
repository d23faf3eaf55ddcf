// The options of sums of two tensors, checked. Shared by the host and the reference.
import { refuse, words } from "../../base/error.ts";
import { checkFinite } from "../../base/validate.ts";
import type { PairShapes } from "../shared/geometry/broadcast.ts";
import {
  type DerivativeSources,
  type ElementActivation,
  type ElementActivationOption,
  checkElementActivation,
  checkSource,
} from "../shared/geometry/element-activation.ts";

/** The options of `add`. */
export interface AddOptions {
  /** Factor of b. Default: 1. */
  scale?: number;
  /** Applied to the sum. Default: none. */
  activation?: ElementActivationOption;
}

/** The shapes of a and b; with an activation also its output, or the sum before it. */
export type AddBackwardOptions<Values> = AddOptions & PairShapes & DerivativeSources<Values>;

export const ADD_KEYS = ["scale", "activation"];

/** The options of `add` in canonical form. */
export interface Addition {
  readonly scale: number;
  readonly activation: ElementActivation | undefined;
}

/** @throws ConvError naming the invalid option */
export function additionOf({ scale, activation }: AddOptions): Addition {
  return {
    scale: checkFinite("scale", scale ?? 1),
    activation: activation === undefined ? undefined : checkElementActivation("activation", activation),
  };
}

/** Checks the tensor from which the derivative of the activation is computed; undefined without an activation. */
export function sourceOf<Values>(
  { activation }: Addition,
  sources: DerivativeSources<Values>,
): ReturnType<typeof checkSource<Values>> | undefined {
  if (activation) return checkSource<Values>(activation, sources);
  for (const name of ["output", "preActivation"] as const)
    if (sources[name] !== undefined) refuse("invalid-argument", name, words("a tensor"), "none without an activation");
  return undefined;
}
