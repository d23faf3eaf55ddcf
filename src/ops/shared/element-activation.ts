// Activations in element-wise kernels: the snippets that define them on items, and their constants.
import expm1 from "../../../shaders/lib/activation/expm1.wgsl";
import logistic from "../../../shaders/lib/activation/logistic.wgsl";
import activations from "../../../shaders/ops/shared/activations.wgsl";
import derivatives from "../../../shaders/ops/shared/derivatives.wgsl";
import eachActivation from "../../../shaders/ops/shared/each-activation.wgsl";
import eachDerivative from "../../../shaders/ops/shared/each-derivative.wgsl";
import { activationShaders, derivativeShaders } from "../../kernel/activation.ts";
import type { Kernel } from "../../kernel/step.ts";
import type { Snippets } from "./broadcast.ts";
import { type ElementActivation, isElementOnly } from "./geometry/element-activation.ts";
import type { Items } from "./items.ts";

/** The activations whose derivative is another function of the output than of the argument. */
const FROM_OUTPUT: readonly string[] = ["selu", "celu", "softsign", "hard-sigmoid"];

/** The name of a function of a shader. */
const functionOf = (name: string): string => name.replaceAll("-", "_");

/** Defines `activate_each` on an item: the identity without an activation. */
export function activationSnippets(activation: ElementActivation | undefined, { lanes }: Items): Snippets {
  const four = lanes === 4;
  const name = activation?.name ?? "none";
  const own = isElementOnly(name);
  const shaders = own ? [expm1, logistic, activations] : activationShaders(name);
  return {
    shaders: four ? [...shaders, eachActivation] : shaders,
    constants: constantsOf(activation),
    functions: {
      ...(!four && { activate_each: "activate" }),
      ...(own && { activate: functionOf(name) }),
    },
  };
}

/** Defines `derivative_each` on an item of outputs or pre-activations. */
export function derivativeSnippets(
  activation: ElementActivation,
  from: "output" | "preActivation",
  { lanes }: Items,
): Snippets {
  const four = lanes === 4;
  const { name } = activation;
  const own = isElementOnly(name);
  const shaders = own
    ? [logistic, derivatives]
    : derivativeShaders(name, from === "output" ? "output" : "pre-activation");
  const suffix = from === "output" && FROM_OUTPUT.includes(name) ? "_output" : "";
  return {
    shaders: four ? [...shaders, eachDerivative] : shaders,
    constants: constantsOf(activation),
    functions: {
      ...(!four && { derivative_each: "derivative" }),
      ...(own && { derivative: functionOf(name) + suffix }),
    },
  };
}

/** The largest number that can be a constant. */
const LARGEST = 3.4028234663852886e38;

function constantsOf(activation: ElementActivation | undefined): Kernel["constants"] {
  const { parameter = 0, second = 0 } = activation ?? {};
  // Where PARAMETER v + SECOND is 0 and 1.
  const ends = [-second / parameter, (1 - second) / parameter].map((end) =>
    Math.min(Math.max(end || 0, -LARGEST), LARGEST),
  );
  return {
    PARAMETER: { f32: parameter },
    GATE_PARAMETER: { f32: parameter },
    SECOND: { f32: second },
    LOW: { f32: Math.min(...ends) },
    HIGH: { f32: Math.max(...ends) },
  };
}
