// The parameters of a normalisation (scale, bias, statistics): checked as arguments, and bound in kernels.
import type { Dtype } from "../../base/dtype.ts";
import { refuse } from "../../base/error.ts";
import { whole } from "../../gpu/operation.ts";
import { type Tensor, checkTensor } from "../../gpu/tensor.ts";
import type { Range } from "../../kernel/dispatch.ts";

/** A scale or a bias: its memory and its element type. */
export interface Parameter {
  readonly range: Range;
  readonly dtype: Dtype;
}

/** The gradients of a normalisation; dscale and dbias are there whether or not scale and bias were given. */
export interface NormGradients {
  readonly dx: Tensor;
  /** In the element type of scale if given, else of x. */
  readonly dscale: Tensor;
  readonly dbias: Tensor;
}

/** The parameters of a normalisation, as far as they are given. */
interface Affine {
  readonly scale?: Tensor;
  readonly bias?: Tensor;
}

/** A parameter tensor as dispatches bind it. */
export function parameter(operand: string, tensor: Tensor | undefined): Parameter | undefined {
  return tensor && { range: whole(operand, tensor), dtype: tensor.dtype };
}

/** Scale and bias as dispatches bind them. */
export function affineParameters({ scale, bias }: Affine): Record<keyof Affine, Parameter | undefined> {
  return { scale: parameter("scale", scale), bias: parameter("bias", bias) };
}

/**
 * Checks that an argument is a parameter of the given shape, in float32 or in the element type of x, in any layout.
 * @throws ConvError naming the argument
 */
export function checkParameter(argument: string, given: unknown, shape: readonly number[], dtype: Dtype): Tensor {
  const tensor = checkTensor(argument, given);
  if (tensor.shape.join() !== shape.join())
    refuse("shape-mismatch", `${argument}.shape`, tensor.shape, `[${shape.join(", ")}]`);
  if (tensor.dtype !== dtype && tensor.dtype !== "f32")
    refuse(
      "shape-mismatch",
      `${argument}.dtype`,
      tensor.dtype,
      dtype === "f32" ? `"f32"` : `"f32", or "${dtype}" as x has`,
    );
  return tensor;
}

/** Checks the options scale and bias, if given; both must have the same element type. */
export function checkAffine(
  { scale, bias }: { scale?: Tensor | undefined; bias?: Tensor | undefined },
  shape: readonly number[],
  dtype: Dtype,
): Affine {
  const checked = {
    ...(scale !== undefined && { scale: checkParameter("scale", scale, shape, dtype) }),
    ...(bias !== undefined && { bias: checkParameter("bias", bias, shape, dtype) }),
  };
  if (checked.scale && checked.bias) checkSameType("bias", checked.bias, "scale", checked.scale);
  return checked;
}

/** Checks the options mean and variance; both must have the same element type. */
export function checkStatistics(
  options: { mean: Tensor; variance: Tensor },
  shape: readonly number[],
  dtype: Dtype,
): { mean: Tensor; variance: Tensor } {
  const mean = checkParameter("mean", options.mean, shape, dtype);
  const variance = checkParameter("variance", options.variance, shape, dtype);
  checkSameType("variance", variance, "mean", mean);
  return { mean, variance };
}

/** Checks that two arguments have the same element type. */
export function checkSameType(argument: string, tensor: Tensor, other: string, { dtype }: Tensor): void {
  if (tensor.dtype !== dtype)
    refuse("shape-mismatch", `${argument}.dtype`, tensor.dtype, `"${dtype}", as ${other} has`);
}

/** The bindings of parameters and statistics that are the same in every kernel. */
const SCALE_BINDING = 8;
export const CENTER_BINDING = 11;

/** The parameters that a kernel loads. */
interface Bound {
  readonly scale?: Parameter | undefined;
  readonly bias?: Parameter | undefined;
  /** The bias of the convolution, when a normalisation is folded into it. */
  readonly convBias?: Parameter | undefined;
  /** The mean of each set. */
  readonly center?: Range | undefined;
}

/** Binds ranges from 1 on, and parameters at their own bindings. */
export function bound(
  ranges: readonly (Range | undefined)[],
  { scale, bias, convBias, center }: Bound,
): (Range | undefined)[] {
  const parameters = [scale, bias, convBias].flatMap((one, at) =>
    one ? [{ ...one.range, binding: SCALE_BINDING + at }] : [],
  );
  return [...ranges, ...parameters, center && { ...center, binding: CENTER_BINDING }];
}
