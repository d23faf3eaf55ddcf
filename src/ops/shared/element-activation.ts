// Activations in elementwise kernels: the snippets that define them on items, and their constants.
import expm1 from "../../../shaders/lib/activation/expm1.wgsl";
import geluTanh from "../../../shaders/lib/activation/gelu-tanh.wgsl";
import hardSigmoid from "../../../shaders/lib/activation/hard-sigmoid.wgsl";
import logistic from "../../../shaders/lib/activation/logistic.wgsl";
import selu from "../../../shaders/lib/activation/selu.wgsl";
import softplus from "../../../shaders/lib/activation/softplus.wgsl";
import geluTanhDerivative from "../../../shaders/lib/derivative/gelu-tanh.wgsl";
import hardSigmoidFromOutput from "../../../shaders/lib/derivative/hard-sigmoid-output.wgsl";
import hardSigmoidDerivative from "../../../shaders/lib/derivative/hard-sigmoid.wgsl";
import logisticForDerivative from "../../../shaders/lib/derivative/logistic.wgsl";
import seluFromOutput from "../../../shaders/lib/derivative/selu-output.wgsl";
import seluDerivative from "../../../shaders/lib/derivative/selu.wgsl";
import softplusDerivative from "../../../shaders/lib/derivative/softplus.wgsl";
import eachActivation from "../../../shaders/ops/shared/each-activation.wgsl";
import eachDerivative from "../../../shaders/ops/shared/each-derivative.wgsl";
import { type ActivationShaders, activationShaders, derivativeShaders } from "../../kernel/activation.ts";
import type { Kernel } from "../../kernel/step.ts";
import type { ActivationName } from "../../problem/activation.ts";
import type { ElementActivation } from "./geometry/element-activation.ts";
import type { Items } from "./items.ts";

/** The snippets, constants and functions that an activation adds to a kernel. */
export type ActivationSnippets = Pick<Kernel, "shaders" | "constants"> & {
  readonly functions: Readonly<Record<string, string>>;
};

/** The activations that cannot be fused into a convolution; src/kernel/activation.ts has the others. */
const ELEMENT_ONLY: Readonly<Record<Exclude<ElementActivation["name"], ActivationName>, ActivationShaders>> = {
  "gelu-tanh": { activate: [logistic, geluTanh], derivative: [logisticForDerivative, geluTanhDerivative] },
  selu: { activate: [expm1, selu], derivative: [seluDerivative], derivativeFromOutput: [seluFromOutput] },
  softplus: { activate: [softplus], derivative: [logisticForDerivative, softplusDerivative] },
  "hard-sigmoid": {
    activate: [hardSigmoid],
    derivative: [hardSigmoidDerivative],
    derivativeFromOutput: [hardSigmoidFromOutput],
  },
};

/** Defines `activate_each` on an item: the identity without an activation. */
export function activationSnippets(activation: ElementActivation | undefined, { lanes }: Items): ActivationSnippets {
  const four = lanes === 4;
  const name = activation?.name ?? "none";
  const shaders = isElementOnly(name) ? ELEMENT_ONLY[name].activate : activationShaders(name);
  return {
    shaders: four ? [...shaders, eachActivation] : shaders,
    constants: { PARAMETER: { f32: activation?.parameter ?? 0 }, ...thresholdOf(activation) },
    functions: four ? {} : { activate_each: "activate" },
  };
}

/** Defines `derivative_each` on an item of outputs or pre-activations. */
export function derivativeSnippets(
  activation: ElementActivation,
  from: "output" | "preActivation",
  { lanes }: Items,
): ActivationSnippets {
  const four = lanes === 4;
  const { name, parameter } = activation;
  const source = from === "output" ? "output" : "pre-activation";
  const shaders = isElementOnly(name)
    ? (source === "output" && ELEMENT_ONLY[name].derivativeFromOutput) || ELEMENT_ONLY[name].derivative
    : derivativeShaders(name, source);
  return {
    shaders: four ? [...shaders, eachDerivative] : shaders,
    constants: { GATE_PARAMETER: { f32: parameter }, ...thresholdOf(activation) },
    functions: four ? {} : { derivative_each: "derivative" },
  };
}

function isElementOnly(name: string): name is keyof typeof ELEMENT_ONLY {
  return name in ELEMENT_ONLY;
}

function thresholdOf(activation: ElementActivation | undefined): Kernel["constants"] {
  return activation?.name === "softplus" ? { THRESHOLD: { f32: activation.threshold } } : {};
}
