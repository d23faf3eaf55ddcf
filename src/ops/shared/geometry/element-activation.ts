// The activations of operations: the activations that can be fused into a convolution (src/problem/activation.ts), and more. Shared by
// hosts and references.
import { refuse, words } from "../../../base/error.ts";
import { checkFinite, checkOneOf, checkOptions } from "../../../base/validate.ts";
import {
  ACTIVATIONS,
  type ActivationName,
  type ActivationOption,
  checkActivation,
} from "../../../problem/activation.ts";

/**
 * The activations of a convolution, and
 *
 * - `gelu` with `approximate: "tanh"`: v * (1 + tanh(sqrt(2 / pi) * (v + 0.044715 v^3))) / 2 (Hendrycks and Gimpel 2016, section 2)
 * - `linear`: alpha * v + beta (1 and 0 by default)
 * - `selu`: gamma * v where v > 0, else gamma * alpha * (exp(v) - 1), by default with the constants of Klambauer et al. 2017
 * - `celu`: v where v > 0, else alpha * (exp(v / alpha) - 1) (alpha 1 by default; Barron 2017)
 * - `softplus`: log(1 + exp(beta * v)) / beta (beta 1 by default), and v where beta * v > threshold (20 by default)
 * - `softsign`: v / (1 + |v|)
 * - `mish`: v * tanh(softplus(v)) (Misra 2019)
 * - `shrink`: v + bias below -lambd (0.5 by default), v - bias above lambd, else 0; ONNX's Shrink. With bias 0, the default, it is PyTorch's
 *   hardshrink, with bias = lambd its softshrink
 * - `thresholded-relu`: v where v > alpha (1 by default), else 0
 * - `hard-sigmoid`: min(max(alpha * v + beta, 0), 1), by default with PyTorch's 1/6 and 1/2; ONNX's and WebNN's default alpha is 0.2
 */
export type ElementActivationOption =
  | ActivationOption
  | ElementOnly
  | { name: "gelu"; approximate?: "none" | "tanh" }
  | { name: "linear" | "hard-sigmoid"; alpha?: number; beta?: number }
  | { name: "selu"; alpha?: number; gamma?: number }
  | { name: "celu" | "thresholded-relu"; alpha?: number }
  | { name: "softplus"; beta?: number; threshold?: number }
  | { name: "shrink"; lambd?: number; bias?: number }
  | { name: ElementOnly };

/** The activations that no convolution ends with. */
type ElementOnly = keyof typeof PARAMETERS;

/** The canonical form. `parameter` and `second` are the parameters in the order of PARAMETERS, 0 where there is none. */
export interface ElementActivation {
  readonly name: ActivationName | ElementOnly | "gelu-tanh";
  readonly parameter: number;
  readonly second: number;
}

/** Their parameters, with the defaults. */
const PARAMETERS = {
  linear: { alpha: 1, beta: 0 },
  selu: { alpha: 1.6732632423543772848170429916717, gamma: 1.0507009873554804934193349852946 },
  celu: { alpha: 1 },
  softplus: { beta: 1, threshold: 20 },
  softsign: {},
  mish: {},
  shrink: { lambd: 0.5, bias: 0 },
  "thresholded-relu": { alpha: 1 },
  "hard-sigmoid": { alpha: 1 / 6, beta: 1 / 2 },
} as const;

export const ELEMENT_ACTIVATIONS: readonly (ActivationName | ElementOnly)[] = [
  ...ACTIVATIONS,
  .../* @__PURE__ */ (Object.keys(PARAMETERS) as ElementOnly[]),
];

/** Whether no convolution ends with an activation. */
export const isElementOnly = (name: string): name is ElementOnly | "gelu-tanh" =>
  name in PARAMETERS || name === "gelu-tanh";

/** @throws ConvError naming the invalid field */
export function checkElementActivation(argument: string, option: unknown): ElementActivation {
  const plain = typeof option === "string";
  if (!plain && (typeof option !== "object" || option === null))
    refuse("invalid-argument", argument, option, "the name of an activation, or an object with it");
  const given = plain ? { name: option } : checkOptions(argument, option, Object.keys(option));
  const name = checkOneOf(plain ? argument : `${argument}.name`, given["name"], ELEMENT_ACTIVATIONS);
  if (name === "gelu") {
    const fields = checkOptions(argument, given, ["name", "approximate"]);
    const form = checkOneOf(`${argument}.approximate`, fields["approximate"] ?? "none", ["none", "tanh"] as const);
    return { name: form === "tanh" ? "gelu-tanh" : "gelu", parameter: 0, second: 0 };
  }
  if (!isElementOnly(name))
    return { ...(checkActivation(argument, option) as { name: ActivationName; parameter: number }), second: 0 };
  const defaults = Object.entries<number>(PARAMETERS[name]);
  const fields = checkOptions(argument, given, ["name", ...defaults.map(([key]) => key)]);
  const [parameter = 0, second = 0] = defaults.map(([key, initial]) =>
    checkFinite(`${argument}.${key}`, fields[key] ?? initial),
  );
  if (parameter === 0 && (name === "softplus" || name === "celu"))
    refuse("invalid-argument", `${argument}.${defaults[0]![0]}`, 0, "a number other than 0");
  return { name, parameter, second };
}

/** The tensor from which a derivative is computed: give exactly one of the two. */
export interface DerivativeSources<Values> {
  /** The output of the activation, if it determines the derivative. */
  output?: Values;
  /** The argument of the activation. */
  preActivation?: Values;
}

/** The activations whose output does not determine the derivative, */
const NOT_FROM_OUTPUT = ["silu", "gelu", "gelu-tanh", "hard-swish", "softplus", "mish", "shrink"];
/** and those whose output does not if a parameter is negative. */
const NOT_IF_NEGATIVE = ["leaky-relu", "elu", "selu", "celu", "thresholded-relu"];

/**
 * Checks that exactly one source of the derivative is given, and returns it.
 * @throws ConvError if neither or both are given, or if the output does not determine the derivative
 */
export function checkSource<Values>(
  { name, parameter, second }: ElementActivation,
  { output, preActivation }: DerivativeSources<Values>,
): { from: "output" | "preActivation"; values: Values } {
  if (output === undefined) {
    if (preActivation === undefined)
      refuse(
        "invalid-argument",
        "preActivation",
        undefined,
        "a tensor: the derivative is computed from preActivation or from output",
      );
    return { from: "preActivation", values: preActivation };
  }
  if (preActivation !== undefined)
    refuse("invalid-argument", "output", words("a tensor"), "only one of output and preActivation");
  const least = NOT_IF_NEGATIVE.includes(name) ? Math.min(parameter, second) : 0;
  if (least < 0 || NOT_FROM_OUTPUT.includes(name)) {
    const what = least < 0 ? `${name} with parameter ${least}` : name;
    refuse(
      "invalid-argument",
      "output",
      words("a tensor"),
      `preActivation instead: the output of ${what} does not determine its derivative`,
    );
  }
  return { from: "output", values: output };
}
