// Activations by Keras' names, and the layers that are activations.
import { describe } from "../base/error.ts";
import type { Value } from "../model/graph.ts";
import { ACTIVATIONS } from "../problem/activation.ts";
import { type Config, type Fields, fieldOf, snakeCase, unserved } from "./config.ts";
import { type Layer, type LayerBuilder, type LayerReader, unary } from "./layer.ts";

/** The activation of a layer: an option of `conv` or `activate`, or an operator of its own. */
type KerasActivation =
  | { readonly option: unknown; readonly fused: boolean }
  | { readonly operator: string; readonly options: Fields }
  | undefined;

const option = (activation: string | { name: string; [parameter: string]: unknown }): KerasActivation => ({
  option: activation,
  fused: (ACTIVATIONS as readonly string[]).includes(typeof activation === "string" ? activation : activation.name),
});

/** As TensorFlow.js computes them: its hard_sigmoid has the slope 0.2, also for models of Keras 3. */
const BY_NAME: Readonly<Record<string, KerasActivation>> = {
  linear: undefined,
  relu: option("relu"),
  relu6: option("relu6"),
  leaky_relu: option({ name: "leaky-relu", slope: 0.2 }),
  elu: option("elu"),
  selu: { option: { name: "selu" }, fused: false },
  sigmoid: option("sigmoid"),
  tanh: option("tanh"),
  silu: option("silu"),
  swish: option("silu"),
  hard_silu: option("hard-swish"),
  hard_swish: option("hard-swish"),
  gelu: option("gelu"),
  gelu_new: { option: { name: "gelu", approximate: "tanh" }, fused: false },
  mish: { option: "mish", fused: false },
  softplus: { option: "softplus", fused: false },
  softsign: { option: "softsign", fused: false },
  hard_sigmoid: { option: { name: "hard-sigmoid", alpha: 0.2, beta: 0.5 }, fused: false },
  exponential: { operator: "exp", options: {} },
  softmax: { operator: "softmax", options: { axis: -1 } },
  log_softmax: { operator: "logSoftmax", options: { axis: -1 } },
};

/** Returns the activation that a layer names: by a string, or in Keras 3 also by the object of a function. */
export function activationOf(config: Config): KerasActivation {
  const given = config.get("activation") ?? "linear";
  const isObject = typeof given === "object" && given !== null && !Array.isArray(given);
  const name: unknown = isObject
    ? [fieldOf(given as Fields, "config"), fieldOf(given as Fields, "class_name")].find(
        (one) => typeof one === "string",
      )
    : given;
  const known = typeof name === "string" ? snakeCase(name) : "";
  if (!Object.hasOwn(BY_NAME, known)) unserved(`activation ${describe(given)}`);
  return BY_NAME[known];
}

/** The option `activation` of a convolution; none if `activated` adds a node. */
export function fusedActivation(activation: KerasActivation): { activation?: unknown } {
  return activation && "option" in activation && activation.fused ? { activation: activation.option } : {};
}

/** Adds the node of an activation, unless there is none. */
export function activated(x: Value, activation: KerasActivation, build: LayerBuilder): Value {
  if (!activation) return x;
  if ("option" in activation) return build.node("activate", { x }, { activation: activation.option });
  return build.node(activation.operator, { x }, activation.options);
}

/** Adds the node of an activation that the operation before has not computed. */
export function activatedAfter(y: Value, activation: KerasActivation, build: LayerBuilder): Value {
  return "activation" in fusedActivation(activation) ? y : activated(y, activation, build);
}

const plain = (read: (config: Config) => unknown): LayerReader =>
  unary(({ config }) => {
    const activation = read(config);
    return (x, build) => build.node("activate", { x }, { activation });
  });

/**
 * min(f(x), max_value), where f(x) is x from the threshold on, and below it negative_slope (x - threshold). Keras clips before it adds the
 * negative part.
 */
function readRelu({ config }: Layer): (x: Value, build: LayerBuilder) => Value {
  const most = config.optionalNumber("max_value");
  const slope = config.number("negative_slope", 0);
  const threshold = config.number("threshold", 0);
  if (threshold === 0 && slope === 0 && (most === undefined || most === 6)) {
    const activation = most === 6 ? "relu6" : "relu";
    return (x, build) => build.node("activate", { x }, { activation });
  }
  if (threshold === 0 && most === undefined)
    return (x, build) => build.node("activate", { x }, { activation: { name: "leaky-relu", slope } });
  return (x, build) => {
    const over = threshold === 0 ? "relu" : { name: "thresholded-relu", alpha: threshold };
    let y = build.node("activate", { x }, { activation: over });
    if (most !== undefined) y = build.node("clamp", { x: y }, { min: 0, max: most });
    if (slope === 0) return y;
    const under = build.node("activate", { x: build.scaled(x, -1, threshold) }, { activation: "relu" });
    return build.node("add", { a: y, b: under }, { scale: -slope });
  };
}

const softmax = unary(({ config }) => {
  const [axis, ...others] = config.list("axis", { initial: [-1], least: -8 });
  if (others.length > 0) unserved(`axis ${describe(config.get("axis"))}`);
  return (x, build) => build.node("softmax", { x }, { axis });
});

/** PReLU: slopes of the shape of x without the batch, 1 along shared axes. */
const prelu: LayerReader = unary((layer) => {
  const slope = layer.weight("alpha", { place: 0 });
  return (x, build) => build.node("prelu", { x, slope: build.constant(slope) });
});

export const ACTIVATION_LAYERS: Readonly<Record<string, LayerReader>> = {
  Activation: unary(({ config }) => {
    const activation = activationOf(config);
    return (x, build) => activated(x, activation, build);
  }),
  ReLU: unary(readRelu),
  // Keras 3 has renamed alpha.
  LeakyReLU: plain((config) => ({
    name: "leaky-relu",
    slope: config.optionalNumber("negative_slope") ?? config.number("alpha", 0.3),
  })),
  ELU: plain((config) => ({ name: "elu", alpha: config.number("alpha", 1) })),
  ThresholdedReLU: plain((config) => ({ name: "thresholded-relu", alpha: config.number("theta", 1) })),
  Softmax: softmax,
  PReLU: prelu,
};
