// The transposed convolution as a problem: the backward-data pass of the convolution from its output to its input (Dumoulin and Visin, "A
// guide to convolution arithmetic for deep learning", section 4).
import { refuse } from "../base/error.ts";
import { elementCount, outputSize, transposedOutputSize } from "../base/shape.ts";
import { MAX_ELEMENTS, checkInteger, checkOneOf, checkOptions, checkPerAxis, checkShape } from "../base/validate.ts";
import { resolvePadding } from "./padding.ts";
import {
  type ConvDescriptor,
  type ConvProblem,
  DESCRIPTOR_KEYS,
  LAYOUTS,
  convProblem,
  joinShape,
  splitKernel,
  splitShape,
} from "./problem.ts";

/** A transposed convolution: x [N, C, ...], w [C, K/groups, ...] (or their channels-last forms) to y [N, K, ...]. */
export interface TransposedDescriptor extends Omit<ConvDescriptor, "inputShape"> {
  inputShape: readonly number[];
  /** Extra cells at the end of each output axis, below that axis's stride; not with outputShape. */
  outputPadding?: number | readonly number[];
  /** The spatial sizes of the output, to choose among several possible ones. */
  outputShape?: readonly number[];
}

/**
 * Returns the problem whose backward-data pass is the transposed convolution: its y is the given x, and its x the result.
 * @throws ConvError naming the invalid field
 */
export function transposedProblem(
  descriptor: TransposedDescriptor,
  names = { input: "inputShape", kernel: "kernelShape" },
): ConvProblem {
  checkOptions("descriptor", descriptor, [...DESCRIPTOR_KEYS, "outputPadding", "outputShape"]);
  const { outputPadding, outputShape, ...mirrored } = descriptor;
  const layout = checkOneOf("layout", descriptor.layout ?? "channels-first", LAYOUTS);
  const shape = checkShape(names.input, descriptor.inputShape, [3, 4, 5], 1);
  const kernelShape = checkShape(names.kernel, descriptor.kernelShape, [shape.length], 1);
  const { N, channels, spatial } = splitShape(shape, layout);
  const { outer, inner, spatial: kernel } = splitKernel(kernelShape, layout);
  if (outer !== channels)
    refuse(
      "shape-mismatch",
      names.kernel,
      kernelShape,
      `${channels} input channels, as ${names.input} has, in layout "${layout}"`,
    );
  const groups = checkInteger("groups", descriptor.groups ?? 1, 1);
  if (channels % groups !== 0)
    refuse("shape-mismatch", "groups", groups, `a divisor of the ${channels} input channels`);
  const rank = spatial.length;
  const stride = checkPerAxis("stride", descriptor.stride ?? 1, rank, 1);
  const dilation = checkPerAxis("dilation", descriptor.dilation ?? 1, rank, 1);
  if (descriptor.paddingValue !== undefined && descriptor.paddingValue !== 0) {
    refuse(
      "invalid-argument",
      "paddingValue",
      descriptor.paddingValue,
      "0 or none: a transposed convolution reads no padding",
    );
  }
  if (outputPadding !== undefined && outputShape !== undefined) {
    refuse("invalid-argument", "outputPadding", outputPadding, "none if outputShape is given");
  }
  const extra = checkPerAxis("outputPadding", outputPadding ?? 0, rank, 0);
  extra.forEach((value, axis) => {
    const most = stride[axis]! - 1;
    if (value > most) refuse("invalid-argument", "outputPadding", value, `at most ${most}, below the stride`);
  });

  let output: number[];
  if (outputShape !== undefined) {
    if (!Array.isArray(outputShape) || outputShape.length !== rank)
      refuse("shape-mismatch", "outputShape", outputShape, `${rank} spatial sizes`);
    output = Array.from(outputShape, (size: unknown, axis) => checkInteger(`outputShape[${axis}]`, size, 1));
  } else if (descriptor.padding === "same") {
    output = spatial.map((size, axis) => size * stride[axis]! + extra[axis]!);
  } else {
    const pads = resolvePadding(descriptor.padding, spatial, kernel, stride, dilation);
    output = spatial.map((size, axis) =>
      transposedOutputSize(size, kernel[axis]!, stride[axis]!, dilation[axis]!, ...pads[axis]!, extra[axis]!),
    );
    output.forEach((size, axis) => {
      if (size < 1)
        refuse(
          "empty-output",
          `padding (spatial axis ${axis})`,
          pads[axis],
          `padding that leaves at least 1 output cell (this leaves ${size})`,
        );
    });
  }
  const full = joinShape(N, inner * groups, output, layout);
  if (elementCount(full) > MAX_ELEMENTS) refuse("too-large", "output", full, `at most ${MAX_ELEMENTS} elements`);
  const pads = resolvePadding(descriptor.padding, output, kernel, stride, dilation);
  const mirroredOutput = output.map((size, axis) =>
    outputSize(size, kernel[axis]!, stride[axis]!, dilation[axis]!, ...pads[axis]!),
  );
  if (mirroredOutput.some((size, axis) => size !== spatial[axis])) {
    refuse(
      "shape-mismatch",
      outputShape ? "outputShape" : "outputPadding",
      outputShape ?? outputPadding,
      `an output whose convolution has the input's spatial sizes [${spatial.join(", ")}], not [${mirroredOutput.join(", ")}]`,
    );
  }
  return convProblem("backward-data", { ...mirrored, inputShape: full });
}
