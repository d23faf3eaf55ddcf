// Activations in kernels that go over elements: their snippets of shaders/lib/, and their constants.
import type { Kernel } from "../../kernel/step.ts";
import type { ElementActivation } from "./geometry/element-activation.ts";
import type { Items } from "./items.ts";
import eachActivationShader from "../../../shaders/ops/shared/each-activation.wgsl";
import logisticShader from "../../../shaders/lib/derivative/logistic.wgsl";
import eachDerivativeShader from "../../../shaders/ops/shared/each-derivative.wgsl";

/** The parts of a kernel that come from an activation. */
export type Parts = Pick<Kernel, "shaders" | "constants"> & { readonly functions: Readonly<Record<string, string>> };

/** The snippet beside its own that an activation, and that its derivative, is built on. */
const ACTIVATION_PARTS: Partial<Record<ElementActivation["name"], string>> = {
  sigmoid: "logistic",
  silu: "logistic",
  "gelu-tanh": "logistic",
  tanh: "expm1",
  elu: "expm1",
  selu: "expm1",
};
const LOGISTIC_DERIVATIVES: readonly string[] = ["sigmoid", "silu", "gelu-tanh", "softplus"];

/** Those whose derivative has one form for both of its sources. */
const ALIKE: readonly ElementActivation["name"][] = ["relu", "relu6", "leaky-relu"];

/** What defines `activate_each` on an item. */
export function activationParts(activation: ElementActivation | undefined, { lanes }: Items): Parts {
  const name = activation?.name ?? "none";
  const part = activation && ACTIVATION_PARTS[activation.name];
  return {
    shaders: [
      ...(part ? [`lib/activation/${part}`] : []),
      `lib/activation/${name}`,
      ...(lanes === 4 ? [eachActivationShader] : []),
    ],
    constants: {
      PARAMETER: { f32: activation?.parameter ?? 0 },
      ...(name === "softplus" && { THRESHOLD: { f32: activation!.threshold } }),
    },
    functions: lanes === 4 ? {} : { activate_each: "activate" },
  };
}

/** What defines `derivative_each` on an item of what the derivative is computed from. */
export function derivativeParts(
  { name, parameter, threshold }: ElementActivation,
  from: "output" | "preActivation",
  { lanes }: Items,
): Parts {
  const snippet = from === "output" && !ALIKE.includes(name) ? `${name}-output` : name;
  return {
    shaders: [
      ...(LOGISTIC_DERIVATIVES.includes(snippet) ? [logisticShader] : []),
      `lib/derivative/${snippet}`,
      ...(lanes === 4 ? [eachDerivativeShader] : []),
    ],
    constants: {
      GATE_PARAMETER: { f32: parameter },
      ...(name === "softplus" && { THRESHOLD: { f32: threshold } }),
    },
    functions: lanes === 4 ? {} : { derivative_each: "derivative" },
  };
}
