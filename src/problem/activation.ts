// The activations that a convolution can end with: their names and parameters. shaders/lib/activation/ computes them on the GPU,
// reference/activation.ts on the CPU.
import { checkFinite, checkOneOf, checkOptions } from "../base/validate.ts";

/**
 * - `relu`: max(v, 0)
 * - `relu6`: min(max(v, 0), 6)
 * - `leaky-relu`: v where v >= 0, else slope * v (slope 0.01 unless given)
 * - `sigmoid`: 1 / (1 + exp(-v))
 * - `tanh`
 * - `silu`: v * sigmoid(v)
 * - `gelu`: v * (1 + erf(v / sqrt 2)) / 2, the exact form
 * - `elu`: v where v >= 0, else alpha * (exp(v) - 1) (alpha 1 unless given)
 * - `hard-swish`: v * min(max(v + 3, 0), 6) / 6
 */
export const ACTIVATIONS = [
  "relu",
  "relu6",
  "leaky-relu",
  "sigmoid",
  "tanh",
  "silu",
  "gelu",
  "elu",
  "hard-swish",
] as const;
export type ActivationName = (typeof ACTIVATIONS)[number];

/** An activation by name, or with its parameter. */
export type ActivationOption =
  | ActivationName
  | { name: "leaky-relu"; slope?: number }
  | { name: "elu"; alpha?: number }
  | { name: ActivationName };

/** The canonical form of an activation; `parameter` is the slope or alpha, 0 if there is none. */
export interface Activation {
  readonly name: ActivationName | "none";
  readonly parameter: number;
}

const PARAMETERS: Partial<Record<ActivationName, { key: string; initial: number }>> = {
  "leaky-relu": { key: "slope", initial: 0.01 },
  elu: { key: "alpha", initial: 1 },
};

/**
 * Returns the canonical form of an option.
 * @throws ConvError naming the invalid field
 */
export function checkActivation(argument: string, option: unknown): Activation {
  if (option === undefined || option === null) return { name: "none", parameter: 0 };
  if (typeof option === "string") {
    const name = checkOneOf(argument, option, ACTIVATIONS);
    return { name, parameter: PARAMETERS[name]?.initial ?? 0 };
  }
  const { name: given } = checkOptions(argument, option, ["name", "slope", "alpha"]);
  const name = checkOneOf(`${argument}.name`, given, ACTIVATIONS);
  const parameter = PARAMETERS[name];
  const fields = checkOptions(argument, option, parameter ? ["name", parameter.key] : ["name"]);
  if (!parameter) return { name, parameter: 0 };
  const value = fields[parameter.key] ?? parameter.initial;
  return { name, parameter: checkFinite(`${argument}.${parameter.key}`, value) };
}
