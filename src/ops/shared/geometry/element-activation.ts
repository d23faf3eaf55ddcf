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
 * - `selu`: scale * v where v > 0, else scale * alpha * (exp(v) - 1), with the constants of Klambauer et al. 2017
 * - `softplus`: log(1 + exp(beta * v)) / beta (beta 1 by default), and v where beta * v > threshold (20 by default)
 * - `hard-sigmoid`: min(max(v + 3, 0), 6) / 6
 */
export type ElementActivationOption =
  | ActivationOption
  | "selu"
  | "softplus"
  | "hard-sigmoid"
  | { name: "gelu"; approximate?: "none" | "tanh" }
  | { name: "softplus"; beta?: number; threshold?: number }
  | { name: "selu" | "hard-sigmoid" };

/** The canonical form. `parameter` is the slope, alpha or beta; it and `threshold` are 0 if the activation has none. */
export interface ElementActivation {
  readonly name: ActivationName | "gelu-tanh" | "selu" | "softplus" | "hard-sigmoid";
  readonly parameter: number;
  readonly threshold: number;
}

export const ELEMENT_ACTIVATIONS = [...ACTIVATIONS, "selu", "softplus", "hard-sigmoid"] as const;

const FIELDS = ["name", "slope", "alpha", "approximate", "beta", "threshold"];

/** @throws ConvError naming the invalid field */
export function checkElementActivation(argument: string, option: unknown): ElementActivation {
  const plain = typeof option === "string";
  if (!plain && (typeof option !== "object" || option === null))
    refuse("invalid-argument", argument, option, "the name of an activation, or an object with it");
  const given = plain ? { name: option } : checkOptions(argument, option, FIELDS);
  const name = checkOneOf(plain ? argument : `${argument}.name`, given["name"], ELEMENT_ACTIVATIONS);
  switch (name) {
    case "gelu": {
      const fields = checkOptions(argument, given, ["name", "approximate"]);
      const form = checkOneOf(`${argument}.approximate`, fields["approximate"] ?? "none", ["none", "tanh"] as const);
      return { name: form === "tanh" ? "gelu-tanh" : "gelu", parameter: 0, threshold: 0 };
    }
    case "softplus": {
      const fields = checkOptions(argument, given, ["name", "beta", "threshold"]);
      const beta = checkFinite(`${argument}.beta`, fields["beta"] ?? 1);
      if (beta <= 0) refuse("invalid-argument", `${argument}.beta`, beta, "a number above 0");
      return { name, parameter: beta, threshold: checkFinite(`${argument}.threshold`, fields["threshold"] ?? 20) };
    }
    case "selu":
    case "hard-sigmoid":
      checkOptions(argument, given, ["name"]);
      return { name, parameter: 0, threshold: 0 };
    default:
      return { ...(checkActivation(argument, option) as { name: ActivationName; parameter: number }), threshold: 0 };
  }
}

/** The tensor from which a derivative is computed: give exactly one of the two. */
export interface DerivativeSources<Values> {
  /** The output of the activation, if it determines the derivative. */
  output?: Values;
  /** The argument of the activation. */
  preActivation?: Values;
}

/** The activations whose output does not determine the derivative. */
const NOT_FROM_OUTPUT: readonly ElementActivation["name"][] = ["silu", "gelu", "gelu-tanh", "hard-swish", "softplus"];

/**
 * Checks that exactly one source of the derivative is given, and returns it.
 * @throws ConvError if neither or both are given, or if the output does not determine the derivative
 */
export function checkSource<Values>(
  { name, parameter }: ElementActivation,
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
  if (parameter < 0 || NOT_FROM_OUTPUT.includes(name)) {
    const what = parameter < 0 ? `${name} with parameter ${parameter}` : name;
    refuse(
      "invalid-argument",
      "output",
      words("a tensor"),
      `preActivation instead: the output of ${what} does not determine its derivative`,
    );
  }
  return { from: "output", values: output };
}
