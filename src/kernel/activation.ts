// The snippets of each activation and of its derivative.
import elu from "../../shaders/lib/activation/elu.wgsl";
import expm1 from "../../shaders/lib/activation/expm1.wgsl";
import gelu from "../../shaders/lib/activation/gelu.wgsl";
import hardSwish from "../../shaders/lib/activation/hard-swish.wgsl";
import leakyRelu from "../../shaders/lib/activation/leaky-relu.wgsl";
import logistic from "../../shaders/lib/activation/logistic.wgsl";
import none from "../../shaders/lib/activation/none.wgsl";
import relu from "../../shaders/lib/activation/relu.wgsl";
import relu6 from "../../shaders/lib/activation/relu6.wgsl";
import sigmoid from "../../shaders/lib/activation/sigmoid.wgsl";
import silu from "../../shaders/lib/activation/silu.wgsl";
import tanh from "../../shaders/lib/activation/tanh.wgsl";
import eluFromOutput from "../../shaders/lib/derivative/elu-output.wgsl";
import eluDerivative from "../../shaders/lib/derivative/elu.wgsl";
import geluDerivative from "../../shaders/lib/derivative/gelu.wgsl";
import hardSwishDerivative from "../../shaders/lib/derivative/hard-swish.wgsl";
import leakyReluDerivative from "../../shaders/lib/derivative/leaky-relu.wgsl";
import logisticForDerivative from "../../shaders/lib/derivative/logistic.wgsl";
import reluDerivative from "../../shaders/lib/derivative/relu.wgsl";
import relu6Derivative from "../../shaders/lib/derivative/relu6.wgsl";
import sigmoidFromOutput from "../../shaders/lib/derivative/sigmoid-output.wgsl";
import sigmoidDerivative from "../../shaders/lib/derivative/sigmoid.wgsl";
import siluDerivative from "../../shaders/lib/derivative/silu.wgsl";
import tanhFromOutput from "../../shaders/lib/derivative/tanh-output.wgsl";
import tanhDerivative from "../../shaders/lib/derivative/tanh.wgsl";
import type { Activation, ActivationName } from "../problem/activation.ts";
import type { Shader } from "./shader.ts";

/** The value that a derivative is computed from. */
export type DerivativeSource = "output" | "pre-activation";

/** The snippets of an activation. The last of each list defines the function, the others what it calls. */
export interface ActivationShaders {
  /** Snippets that define `activate`. */
  readonly activate: readonly Shader[];
  /** Snippets that define `derivative` from the value before the activation. */
  readonly derivative: readonly Shader[];
  /** Snippets that define `derivative` from the activation's output, if the output determines it in another form. */
  readonly derivativeFromOutput?: readonly Shader[];
}

/** The activations that a convolution can end with. */
const SHADERS: Readonly<Record<ActivationName, ActivationShaders>> = {
  relu: { activate: [relu], derivative: [reluDerivative] },
  relu6: { activate: [relu6], derivative: [relu6Derivative] },
  "leaky-relu": { activate: [leakyRelu], derivative: [leakyReluDerivative] },
  sigmoid: {
    activate: [logistic, sigmoid],
    derivative: [logisticForDerivative, sigmoidDerivative],
    derivativeFromOutput: [sigmoidFromOutput],
  },
  tanh: { activate: [expm1, tanh], derivative: [tanhDerivative], derivativeFromOutput: [tanhFromOutput] },
  silu: { activate: [logistic, silu], derivative: [logisticForDerivative, siluDerivative] },
  gelu: { activate: [gelu], derivative: [geluDerivative] },
  elu: { activate: [expm1, elu], derivative: [eluDerivative], derivativeFromOutput: [eluFromOutput] },
  "hard-swish": { activate: [hardSwish], derivative: [hardSwishDerivative] },
};

/** Returns the snippets that define `activate`. */
export function activationShaders(name: Activation["name"], shaders = shadersOf(name)): readonly Shader[] {
  return shaders?.activate ?? [none];
}

/** Returns the snippets that define `derivative`. */
export function derivativeShaders(
  name: Activation["name"],
  from: DerivativeSource,
  shaders = shadersOf(name),
): readonly Shader[] {
  if (!shaders) throw new Error(`${name} has no derivative`);
  return (from === "output" ? shaders.derivativeFromOutput : undefined) ?? shaders.derivative;
}

function shadersOf(name: Activation["name"]): ActivationShaders | undefined {
  return name === "none" ? undefined : SHADERS[name];
}
