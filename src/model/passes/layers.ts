// Layers: the operators that have weights, and the activations that they can end with.
import {
  type ElementActivation,
  checkElementActivation,
  isElementOnly,
} from "../../ops/shared/geometry/element-activation.ts";
import type { Node } from "../graph.ts";

/** The operators that make a product with weights. */
export const WEIGHTED: readonly string[] = ["conv", "convTranspose", "linear"];

/** The activation that a node applies, in canonical form. */
export function activationOf({ operator, options }: Node): ElementActivation | undefined {
  return operator === "activate" ? checkElementActivation("activation", options["activation"]) : undefined;
}

/** Whether a layer can end with an activation. */
export function isFusible(activation: unknown): boolean {
  return !isElementOnly(checkElementActivation("activation", activation).name);
}
