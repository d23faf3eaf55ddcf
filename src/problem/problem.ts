// ConvProblem: what a convolution computes, not how. Options of any accepted form become one canonical geometry with three spatial axes, or
// a clear error. Plain data: it can be printed, compared and used as a key.
//
// Letters in index arithmetic, here and in the shaders, are the field's: N batch, C input channels, K output channels,
// (T, R, S) kernel depth, height, width, (D, H, W) input and (O, P, Q) output depth, height, width.
import { DTYPES, type Dtype, bytesFor } from "../base/dtype.ts";
import { refuse, words } from "../base/error.ts";
import { type Triple, dilatedExtent, elementCount, outputSize, toTriple } from "../base/shape.ts";
import {
  MAX_ELEMENTS,
  checkBoolean,
  checkFinite,
  checkInteger,
  checkOneOf,
  checkOptions,
  checkPerAxis,
  checkShape,
} from "../base/validate.ts";
import {
  type ActivationGradient,
  type ActivationGradientOption,
  checkActivationGradient,
} from "./activation-gradient.ts";
import { type Activation, type ActivationOption, checkActivation } from "./activation.ts";
import { type Padding, type PaddingMode, PADDING_MODES, resolvePadding } from "./padding.ts";

export const PASSES = ["forward", "backward-data", "backward-weights"] as const;
export type Pass = (typeof PASSES)[number];

/**
 * - `channels-first`: x [N, C, ...spatial], w [K, C/groups, ...kernel] (transposed: [C, K/groups, ...kernel])
 * - `channels-last`: x [N, ...spatial, C], w [...kernel, C/groups, K] (transposed: [...kernel, K/groups, C])
 */
export const LAYOUTS = ["channels-first", "channels-last"] as const;
export type Layout = (typeof LAYOUTS)[number];

const MODES = ["cross-correlation", "convolution"] as const;

/** The options that say what a convolution computes, shared by every call and every pass. */
export interface GeometryOptions {
  /** Step between outputs, 1 unless given. */
  stride?: number | readonly number[];
  /** Distance between kernel cells, 1 unless given. */
  dilation?: number | readonly number[];
  /**
   * 0 unless given; negative padding crops the input. "same" gives ceil(input / stride) outputs with the odd cell at the end, "same-lower"
   * with the odd cell at the beginning; "full" every overlap.
   */
  padding?: Padding;
  /** The values beyond the border, "zeros" unless given. "symmetric" repeats the border cell, "reflect" does not. */
  paddingMode?: PaddingMode;
  /** The constant beyond the border, with paddingMode "zeros"; 0 unless given. */
  paddingValue?: number;
  /** Channel groups, 1 unless given; divides both channel counts. */
  groups?: number;
  /** "convolution" flips the kernel; "cross-correlation" (what deep learning calls convolution) unless given. */
  mode?: (typeof MODES)[number];
}

/** A convolution described without tensors. Shapes have the axis order of `layout`. */
export interface ConvDescriptor extends GeometryOptions {
  inputShape: readonly number[];
  kernelShape: readonly number[];
  layout?: Layout;
  dtype?: Dtype;
  /** The epilogue of the result, in the forward and the backward-data pass (which is the transposed convolution). */
  bias?: boolean;
  residual?: boolean;
  activation?: ActivationOption;
  /**
   * Multiplies a gradient operand by the derivative of an activation while it is loaded. `from` says whether the derivative is computed from
   * the activation's output or from the value before it. `operand` names the gradient: by default "dy" in the backward passes and "x" in the
   * forward pass (x is the gradient if the convolution is itself the gradient of a transposed one).
   */
  activationGradient?: ActivationGradientOption;
}

/** The last operations on a sum before it is stored: activation(sum + bias[k] + residual[same index]). */
export interface Epilogue {
  readonly bias: boolean;
  readonly residual: boolean;
  readonly activation: Activation;
}

/** The epilogue of a step whose sums are not yet the result. */
export const NO_EPILOGUE: Epilogue = { bias: false, residual: false, activation: { name: "none", parameter: 0 } };

/** One pass of a convolution in canonical form. 1-D and 2-D problems have leading spatial axes of size 1. */
export interface ConvProblem {
  readonly pass: Pass;
  readonly rank: 1 | 2 | 3;
  readonly N: number;
  readonly C: number;
  readonly K: number;
  readonly groups: number;
  readonly input: Triple;
  readonly kernel: Triple;
  readonly output: Triple;
  readonly stride: Triple;
  readonly dilation: Triple;
  readonly padBegin: Triple;
  readonly padEnd: Triple;
  readonly paddingMode: PaddingMode;
  readonly paddingValue: number;
  readonly flipped: boolean;
  readonly layout: Layout;
  readonly dtype: Dtype;
  readonly epilogue: Epilogue;
  readonly activationGradient?: ActivationGradient;
}

/** The operands of each pass that an activation gradient may apply to, the default first. */
const GRADIENT_OPERANDS = {
  forward: ["x"],
  "backward-data": ["dy"],
  "backward-weights": ["dy", "x"],
} as const;

/** The keys of GeometryOptions. */
export const GEOMETRY_KEYS = [
  "stride",
  "dilation",
  "padding",
  "paddingMode",
  "paddingValue",
  "groups",
  "mode",
] as const;
export const DESCRIPTOR_KEYS = [
  ...GEOMETRY_KEYS,
  "inputShape",
  "kernelShape",
  "layout",
  "dtype",
  "bias",
  "residual",
  "activation",
  "activationGradient",
] as const;

/** Splits a tensor shape [N, C, ...] or [N, ..., C] into batch, channels and spatial sizes. */
export function splitShape(
  shape: readonly number[],
  layout: Layout,
): { N: number; channels: number; spatial: number[] } {
  const N = shape[0]!;
  return layout === "channels-first"
    ? { N, channels: shape[1]!, spatial: shape.slice(2) }
    : { N, channels: shape.at(-1)!, spatial: shape.slice(1, -1) };
}

/** Builds a tensor shape in a layout: the inverse of splitShape. */
export function joinShape(N: number, channels: number, spatial: readonly number[], layout: Layout): number[] {
  return layout === "channels-first" ? [N, channels, ...spatial] : [N, ...spatial, channels];
}

/** Splits a kernel shape into channel counts and spatial sizes; `outer` counts the channels of all groups, `inner` those of one. */
export function splitKernel(
  shape: readonly number[],
  layout: Layout,
): { outer: number; inner: number; spatial: number[] } {
  return layout === "channels-first"
    ? { outer: shape[0]!, inner: shape[1]!, spatial: shape.slice(2) }
    : { outer: shape.at(-1)!, inner: shape.at(-2)!, spatial: shape.slice(0, -2) };
}

/** The shape of x, w or y of a problem in its layout, without the leading unit axes of lower ranks. */
export function tensorShape(problem: ConvProblem, operand: "x" | "w" | "y"): number[] {
  const { layout, rank } = problem;
  const own = (axes: Triple): number[] => axes.slice(3 - rank);
  if (operand === "x") return joinShape(problem.N, problem.C, own(problem.input), layout);
  if (operand === "y") return joinShape(problem.N, problem.K, own(problem.output), layout);
  const inner = problem.C / problem.groups;
  return layout === "channels-first"
    ? [problem.K, inner, ...own(problem.kernel)]
    : [...own(problem.kernel), inner, problem.K];
}

/** Bytes of the buffer of x, w or y. */
export function operandBytes(problem: ConvProblem, operand: "x" | "w" | "y"): number {
  return bytesFor(elementCount(tensorShape(problem, operand)), problem.dtype);
}

/** Names of the two shapes in errors: the fields of the descriptor, unless the caller passes others. */
const SHAPE_NAMES = { input: "inputShape", kernel: "kernelShape" };

/**
 * Returns the canonical problem of a descriptor for any pass. Shapes are those of the forward convolution that the pass belongs to.
 * @throws ConvError naming the invalid field
 */
export function convProblem(pass: Pass, descriptor: ConvDescriptor, names = SHAPE_NAMES): ConvProblem {
  checkOneOf("pass", pass, PASSES);
  checkOptions("descriptor", descriptor, DESCRIPTOR_KEYS);
  const layout = checkOneOf("layout", descriptor.layout ?? "channels-first", LAYOUTS);
  const dtype = checkOneOf("dtype", descriptor.dtype ?? "f32", DTYPES);
  const inputShape = checkShape(names.input, descriptor.inputShape, [3, 4, 5]);
  const kernelShape = checkShape(names.kernel, descriptor.kernelShape, [inputShape.length]);
  const { N, channels: C, spatial: input } = splitShape(inputShape, layout);
  const { outer: K, inner, spatial: kernel } = splitKernel(kernelShape, layout);
  const rank = input.length as 1 | 2 | 3;

  const groups = checkInteger("groups", descriptor.groups ?? 1, 1);
  if (C % groups !== 0) refuse("shape-mismatch", "groups", groups, `a divisor of the ${C} input channels`);
  if (K % groups !== 0) refuse("shape-mismatch", "groups", groups, `a divisor of the ${K} output channels`);
  if (inner !== C / groups) {
    refuse(
      "shape-mismatch",
      names.kernel,
      kernelShape,
      `${C / groups} channels a group (${C} input channels in ${groups} groups) in layout "${layout}"`,
    );
  }

  const stride = checkPerAxis("stride", descriptor.stride ?? 1, rank, 1);
  const dilation = checkPerAxis("dilation", descriptor.dilation ?? 1, rank, 1);
  const pads = resolvePadding(descriptor.padding, input, kernel, stride, dilation);
  const paddingMode = checkOneOf("paddingMode", descriptor.paddingMode ?? "zeros", PADDING_MODES);
  const paddingValue = checkFinite("paddingValue", descriptor.paddingValue ?? 0);
  if (paddingValue !== 0 && paddingMode !== "zeros") {
    refuse("invalid-argument", "paddingValue", paddingValue, `0 or none with paddingMode "${paddingMode}"`);
  }
  if (paddingMode !== "zeros" && input.includes(0))
    refuse("invalid-argument", "paddingMode", paddingMode, `"zeros": ${names.input} has no cell to repeat`);
  const mode = checkOneOf("mode", descriptor.mode ?? "cross-correlation", MODES);

  const output = input.map((size, axis) => {
    const [begin, end] = pads[axis]!;
    const [taps, step] = [kernel[axis]!, dilation[axis]!];
    const argument = `${names.kernel} (spatial axis ${axis})`;
    checkInteger(argument, taps, 1);
    if (size + Math.abs(begin) + Math.abs(end) > MAX_ELEMENTS)
      refuse("too-large", `padding[${axis}]`, [begin, end], `at most ${MAX_ELEMENTS} cells with the input's ${size}`);
    const outputs = outputSize(size, taps, stride[axis]!, step, begin, end);
    if (outputs < 1)
      refuse(
        "empty-output",
        argument,
        words(`${taps} cells spanning ${dilatedExtent(taps, step)} with dilation ${step}`),
        `at most the padded input, ${size + begin + end} cells`,
      );
    return outputs;
  });
  const result = joinShape(N, K, output, layout);
  if (elementCount(result) > MAX_ELEMENTS) refuse("too-large", "output", result, `at most ${MAX_ELEMENTS} elements`);

  const epilogue = {
    bias: checkBoolean("bias", descriptor.bias ?? false),
    residual: checkBoolean("residual", descriptor.residual ?? false),
    activation: checkActivation("activation", descriptor.activation),
  };
  if (pass === "backward-weights") {
    const given = (["bias", "residual", "activation"] as const).find((key) => descriptor[key]);
    if (given) refuse("invalid-argument", given, descriptor[given], "none in the backward-weights pass");
  }

  const side = (at: 0 | 1): Triple =>
    toTriple(
      pads.map((pair) => pair[at]),
      0,
    );
  return {
    pass,
    rank,
    N,
    C,
    K,
    groups,
    input: toTriple(input, 1),
    kernel: toTriple(kernel, 1),
    output: toTriple(output, 1),
    stride: toTriple(stride, 1),
    dilation: toTriple(dilation, 1),
    padBegin: side(0),
    padEnd: side(1),
    paddingMode,
    paddingValue,
    flipped: mode === "convolution",
    layout,
    dtype,
    epilogue,
    ...(descriptor.activationGradient !== undefined && {
      activationGradient: checkActivationGradient(descriptor.activationGradient, GRADIENT_OPERANDS[pass]),
    }),
  };
}

/** Multiply-adds of the direct method, by which the speed of every algorithm is quoted (FLOPs are twice this). */
export function multiplyAdds(problem: Pick<ConvProblem, "N" | "C" | "K" | "groups" | "kernel" | "output">): number {
  return (
    problem.N * problem.K * (problem.C / problem.groups) * elementCount(problem.kernel) * elementCount(problem.output)
  );
}
