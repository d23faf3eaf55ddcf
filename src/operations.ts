// The operations of an engine as problems: tensors and options, checked against each other, become a canonical problem, constraints and
// the tensors that its plan runs on. What runs them is the engine.
import type { ActivationOption } from "./activation.ts";
import { refuse, words } from "./error.ts";
import type { GpuContext } from "./gpu/context.ts";
import { type ConvInputs, checkTensor } from "./operands.ts";
import { CONSTRAINT_KEYS, type Constraints, checkConstraints } from "./planner/choose.ts";
import {
  type ConvDescriptor,
  type ConvProblem,
  GEOMETRY_KEYS,
  type GeometryOptions,
  convProblem,
  tensorShape,
} from "./problem.ts";
import type { Tensor } from "./tensor.ts";
import { transposedProblem } from "./transposed.ts";
import { checkOptions } from "./validate.ts";

/** What an operation may end with: activation(sum + bias[channel] + residual). */
export interface EpilogueOptions {
  /** One value for each channel of the result. */
  bias?: Tensor;
  /** A tensor of the result's shape, added before the activation. */
  residual?: Tensor;
  activation?: ActivationOption;
}

/**
 * What a gradient has to pass through first, where the operation ended with an activation: dy is then the gradient of the activation's
 * output, and is multiplied with the derivative while it is loaded. One of `output` and `preActivation` says where.
 */
export interface ActivationGradientOptions {
  activation?: ActivationOption;
  /** The output of the operation, with its bias and residual; not for silu, gelu and hardswish, whose derivative it does not tell. */
  output?: Tensor;
  /** The sum with bias and residual, before the activation. */
  preActivation?: Tensor;
}

export interface ConvOptions extends GeometryOptions, Constraints, EpilogueOptions {}

export interface ConvTransposeOptions extends ConvOptions {
  /** Extra cells at the end of each output axis, below its stride; not with outputShape. */
  outputPadding?: number | readonly number[];
  /** The spatial sizes of the output, where several are possible. */
  outputShape?: readonly number[];
}

export interface ConvBackwardDataOptions extends GeometryOptions, Constraints, ActivationGradientOptions {
  /** The shape of the convolution's x. */
  inputShape: readonly number[];
}

export interface ConvBackwardWeightsOptions extends GeometryOptions, Constraints, ActivationGradientOptions {
  /** The shape of the convolution's w. */
  kernelShape: readonly number[];
}

export interface ConvTransposeBackwardDataOptions extends GeometryOptions, Constraints, ActivationGradientOptions {}

export type ConvBackwardBiasOptions = ActivationGradientOptions;

/** A problem to run, under constraints, on tensors. */
export interface Call {
  readonly problem: ConvProblem;
  readonly constraints: Constraints;
  readonly inputs: ConvInputs;
}

const EPILOGUE_KEYS = ["bias", "residual", "activation"] as const;
const GRADIENT_KEYS = ["activation", "output", "preActivation"] as const;
const CALL_KEYS = [...GEOMETRY_KEYS, ...CONSTRAINT_KEYS];

/** The given fields of options, under their names. */
function given<T extends object, K extends keyof T>(options: T, keys: readonly K[]): Partial<Pick<T, K>> {
  return Object.fromEntries(
    keys.filter((key) => options[key] !== undefined).map((key) => [key, options[key]]),
  ) as Partial<Pick<T, K>>;
}

/** What two tensors of a call share. */
function shared(first: [string, Tensor], second: [string, Tensor]): Pick<ConvDescriptor, "layout" | "dtype"> {
  const [[firstName, { layout, dtype }], [name, tensor]] = [first, second];
  if (tensor.layout !== layout)
    refuse("shape-mismatch", `${name}.layout`, tensor.layout, `"${layout}", the layout of ${firstName}`);
  return { layout, dtype };
}

function constraintsOf(options: Constraints): Constraints {
  return checkConstraints("options", given(options, CONSTRAINT_KEYS));
}

function epilogueOf({ bias, residual, activation }: EpilogueOptions): Partial<ConvDescriptor> {
  return {
    bias: bias !== undefined,
    residual: residual !== undefined,
    ...(activation !== undefined && { activation }),
  };
}

/** The activation gradient that options ask for: as a description, and the tensor that it reads. */
export function activationGradientOf(
  { activation, output, preActivation }: ActivationGradientOptions,
  operand: "x" | "dy",
): { description: Pick<ConvDescriptor, "activationGradient">; inputs: Pick<ConvInputs, "output" | "preActivation"> } {
  if (activation === undefined) {
    for (const [name, tensor] of Object.entries({ output, preActivation })) {
      if (tensor !== undefined)
        refuse("invalid-argument", name, words("a tensor"), "none where no activation is given");
    }
    return { description: {}, inputs: {} };
  }
  if (output !== undefined && preActivation !== undefined)
    refuse("invalid-argument", "output", words("a tensor"), "none beside preActivation");
  if (output === undefined && preActivation === undefined)
    refuse(
      "invalid-argument",
      "preActivation",
      undefined,
      "a tensor: it, or output, tells the derivative of the activation",
    );
  const from = output === undefined ? "pre-activation" : "output";
  return {
    description: { activationGradient: { activation, from, operand } },
    inputs: output === undefined ? { preActivation: preActivation! } : { output },
  };
}

export function convCall(gpu: GpuContext, x: Tensor, w: Tensor, options: ConvOptions): Call {
  checkOptions("options", options, [...CALL_KEYS, ...EPILOGUE_KEYS]);
  const common = shared(["x", checkTensor("x", x, gpu)], ["w", checkTensor("w", w, gpu)]);
  const problem = convProblem(
    "forward",
    {
      ...given(options, GEOMETRY_KEYS),
      ...common,
      ...epilogueOf(options),
      inputShape: x.shape,
      kernelShape: w.shape,
    },
    { input: "x.shape", kernel: "w.shape" },
  );
  return { problem, constraints: constraintsOf(options), inputs: { x, w, ...given(options, ["bias", "residual"]) } };
}

export function convTransposeCall(gpu: GpuContext, x: Tensor, w: Tensor, options: ConvTransposeOptions): Call {
  checkOptions("options", options, [...CALL_KEYS, ...EPILOGUE_KEYS, "outputPadding", "outputShape"]);
  const common = shared(["x", checkTensor("x", x, gpu)], ["w", checkTensor("w", w, gpu)]);
  const problem = transposedProblem(
    {
      ...given(options, [...GEOMETRY_KEYS, "outputPadding", "outputShape"]),
      ...common,
      ...epilogueOf(options),
      inputShape: x.shape,
      kernelShape: w.shape,
    },
    { input: "x.shape", kernel: "w.shape" },
  );
  return {
    problem,
    constraints: constraintsOf(options),
    inputs: { dy: x, w, ...given(options, ["bias", "residual"]) },
  };
}

export function backwardDataCall(gpu: GpuContext, dy: Tensor, w: Tensor, options: ConvBackwardDataOptions): Call {
  checkOptions("options", options, [...CALL_KEYS, ...GRADIENT_KEYS, "inputShape"]);
  const common = shared(["dy", checkTensor("dy", dy, gpu)], ["w", checkTensor("w", w, gpu)]);
  const { description, inputs } = activationGradientOf(options, "dy");
  const problem = convProblem(
    "backward-data",
    {
      ...given(options, GEOMETRY_KEYS),
      ...common,
      ...description,
      inputShape: options.inputShape,
      kernelShape: w.shape,
    },
    { input: "inputShape", kernel: "w.shape" },
  );
  return { problem, constraints: constraintsOf(options), inputs: { dy, w, ...inputs } };
}

export function backwardWeightsCall(gpu: GpuContext, x: Tensor, dy: Tensor, options: ConvBackwardWeightsOptions): Call {
  checkOptions("options", options, [...CALL_KEYS, ...GRADIENT_KEYS, "kernelShape"]);
  const common = shared(["x", checkTensor("x", x, gpu)], ["dy", checkTensor("dy", dy, gpu)]);
  const { description, inputs } = activationGradientOf(options, "dy");
  const problem = convProblem(
    "backward-weights",
    {
      ...given(options, GEOMETRY_KEYS),
      ...common,
      ...description,
      inputShape: x.shape,
      kernelShape: options.kernelShape,
    },
    { input: "x.shape", kernel: "kernelShape" },
  );
  return { problem, constraints: constraintsOf(options), inputs: { x, dy, ...inputs } };
}

/** The gradient of a transposed convolution with respect to its x is the mirrored convolution of dy. */
export function transposeBackwardDataCall(
  gpu: GpuContext,
  dy: Tensor,
  w: Tensor,
  options: ConvTransposeBackwardDataOptions,
): Call {
  checkOptions("options", options, [...CALL_KEYS, ...GRADIENT_KEYS]);
  const common = shared(["dy", checkTensor("dy", dy, gpu)], ["w", checkTensor("w", w, gpu)]);
  const { description, inputs } = activationGradientOf(options, "x");
  const problem = convProblem(
    "forward",
    { ...given(options, GEOMETRY_KEYS), ...common, ...description, inputShape: dy.shape, kernelShape: w.shape },
    { input: "dy.shape", kernel: "w.shape" },
  );
  return { problem, constraints: constraintsOf(options), inputs: { x: dy, w, ...inputs } };
}

/** The gradient with respect to its w is that of the mirrored convolution, x and dy in each other's places. */
export function transposeBackwardWeightsCall(
  gpu: GpuContext,
  x: Tensor,
  dy: Tensor,
  options: ConvBackwardWeightsOptions,
): Call {
  checkOptions("options", options, [...CALL_KEYS, ...GRADIENT_KEYS, "kernelShape"]);
  const common = shared(["x", checkTensor("x", x, gpu)], ["dy", checkTensor("dy", dy, gpu)]);
  const { description, inputs } = activationGradientOf(options, "x");
  const problem = convProblem(
    "backward-weights",
    {
      ...given(options, GEOMETRY_KEYS),
      ...common,
      ...description,
      inputShape: dy.shape,
      kernelShape: options.kernelShape,
    },
    { input: "dy.shape", kernel: "kernelShape" },
  );
  const wanted = tensorShape(problem, "y");
  if (wanted.join() !== x.shape.join()) {
    refuse(
      "shape-mismatch",
      "x.shape",
      x.shape,
      `[${wanted.join(", ")}], whose transposed convolution has the shape of dy`,
    );
  }
  return { problem, constraints: constraintsOf(options), inputs: { x: dy, dy: x, ...inputs } };
}
