// The transposed convolution as a problem: the backward-data pass of the convolution from its output to its input (Dumoulin and Visin, "A
// guide to convolution arithmetic for deep learning", section 4). Its gradients are the other passes of that convolution.
import { describe, refuse } from "../base/error.ts";
import { elementCount, outputSize, transposedOutputSize } from "../base/shape.ts";
import { MAX_ELEMENTS, checkInteger, checkOneOf, checkOptions, checkPerAxis, checkShape } from "../base/validate.ts";
import { resolvePadding } from "./padding.ts";
import {
  type ConvDescriptor,
  type ConvProblem,
  DESCRIPTOR_KEYS,
  LAYOUTS,
  type Pass,
  convProblem,
  joinShape,
  splitKernel,
  splitShape,
  tensorShape,
} from "./problem.ts";

/** A transposed convolution: x [N, C, ...], w [C, K/groups, ...] (or their channels-last forms) to y [N, K, ...]. */
export interface TransposedDescriptor extends Omit<ConvDescriptor, "inputShape"> {
  inputShape: readonly number[];
  /** Extra cells at the end of each output axis, fewer than its stride or its dilation; not with outputShape. */
  outputPadding?: number | readonly number[];
  /** The spatial sizes of the output, to choose among several possible ones. */
  outputShape?: readonly number[];
}

/** The options of a transposed convolution that its sizes follow from, checked. */
interface Sizing {
  readonly padding: unknown;
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
}

function sizingOf(descriptor: ConvDescriptor, kernelShape: readonly number[], names: ShapeNames) {
  const layout = checkOneOf("layout", descriptor.layout ?? "channels-first", LAYOUTS);
  const shape = checkShape(names.input, descriptor.inputShape, [3, 4, 5]);
  const { N, channels, spatial } = splitShape(shape, layout);
  const { outer, inner, spatial: kernel } = splitKernel(checkShape(names.kernel, kernelShape, [shape.length]), layout);
  const { padding, stride, dilation } = descriptor;
  const rank = spatial.length;
  return {
    ...{ layout, N, channels, spatial, outer, inner },
    sizing: {
      padding,
      kernel,
      stride: checkPerAxis("stride", stride ?? 1, rank, 1),
      dilation: checkPerAxis("dilation", dilation ?? 1, rank, 1),
    },
  };
}

function isSame({ padding }: Sizing): boolean {
  return padding === "same" || padding === "same-lower";
}

/** The sizes of the output for those of the input, without output padding. "same" gives `stride` times as many cells, or a few less. */
function outputSizes(spatial: readonly number[], sizing: Sizing): number[] {
  const { padding, kernel, stride, dilation } = sizing;
  if (isSame(sizing)) return spatial.map((size, axis) => size * stride[axis]!);
  const pads = resolvePadding(padding, spatial, kernel, stride, dilation);
  return spatial.map((size, axis) =>
    transposedOutputSize(size, kernel[axis]!, stride[axis]!, dilation[axis]!, ...pads[axis]!, 0),
  );
}

/** The most output padding of an axis, as in PyTorch; "same" leaves no room for any. */
function mostExtra(sizing: Sizing, axis: number): number {
  return isSame(sizing) ? 0 : Math.max(sizing.stride[axis]!, sizing.dilation[axis]!) - 1;
}

function checkExtra(outputPadding: unknown, sizing: Sizing): number[] {
  const extra = checkPerAxis("outputPadding", outputPadding ?? 0, sizing.stride.length, 0);
  extra.forEach((value, axis) => {
    const most = mostExtra(sizing, axis);
    const why = isSame(sizing) ? `with padding ${describe(sizing.padding)}` : "below the stride or the dilation";
    if (value > most) refuse("invalid-argument", "outputPadding", value, `at most ${most}, ${why}`);
  });
  return extra;
}

/**
 * The padding of the mirrored convolution, whose input is the output, of `sizes` cells, `extra` of them output padding. No window may begin in
 * output padding that reaches the stride: the convolution ends before it.
 */
function mirroredPadding(sizes: readonly number[], extra: readonly number[], sizing: Sizing): [number, number][] {
  const { padding, kernel, stride, dilation } = sizing;
  const plain = sizes.map((size, axis) => size - extra[axis]!);
  return resolvePadding(padding, plain, kernel, stride, dilation).map(([begin, end], axis) => {
    const [k, s, d] = [kernel[axis]!, stride[axis]!, dilation[axis]!];
    const windows = outputSize(plain[axis]!, k, s, d, begin, end);
    return [begin, Math.min(end, transposedOutputSize(windows, k, s, d, begin, sizes[axis]!, s - 1))];
  });
}

/** Names of the shapes in errors. */
interface ShapeNames {
  readonly input: string;
  readonly kernel: string;
}

/**
 * Returns the problem whose backward-data pass is the transposed convolution: its y is the given x, and its x the result.
 * @throws ConvError naming the invalid field
 */
export function transposedProblem(
  descriptor: TransposedDescriptor,
  names: ShapeNames = { input: "inputShape", kernel: "kernelShape" },
): ConvProblem {
  checkOptions("descriptor", descriptor, [...DESCRIPTOR_KEYS, "outputPadding", "outputShape"]);
  const { outputPadding, outputShape, ...mirrored } = descriptor;
  const { layout, N, channels, spatial, outer, inner, sizing } = sizingOf(mirrored, descriptor.kernelShape, names);
  spatial.forEach((size, axis) => checkInteger(`${names.input} (spatial axis ${axis})`, size, 1));
  if (outer !== channels)
    refuse(
      "shape-mismatch",
      names.kernel,
      descriptor.kernelShape,
      `${channels} input channels, as ${names.input} has, in layout "${layout}"`,
    );
  const groups = checkInteger("groups", descriptor.groups ?? 1, 1);
  if (channels % groups !== 0)
    refuse("shape-mismatch", "groups", groups, `a divisor of the ${channels} input channels`);
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
  const plain = outputSizes(spatial, sizing);
  const added = checkExtra(outputPadding, sizing);
  let output = plain.map((size, axis) => size + added[axis]!);
  if (outputShape !== undefined) {
    if (!Array.isArray(outputShape) || outputShape.length !== spatial.length)
      refuse("shape-mismatch", "outputShape", outputShape, `${spatial.length} spatial sizes`);
    output = Array.from(outputShape, (size: unknown, axis) => {
      const cells = checkInteger(`outputShape[${axis}]`, size, 1);
      const least = plain[axis]! - (isSame(sizing) ? sizing.stride[axis]! - 1 : 0);
      const most = plain[axis]! + mostExtra(sizing, axis);
      if (cells < least || cells > most)
        refuse(
          "shape-mismatch",
          `outputShape[${axis}]`,
          size,
          `${least} to ${most} cells for ${spatial[axis]} of the input`,
        );
      return cells;
    });
  }
  output.forEach((size, axis) => {
    if (size < 1)
      refuse(
        "empty-output",
        `padding (spatial axis ${axis})`,
        sizing.padding,
        `padding that leaves at least 1 output cell (this leaves ${size})`,
      );
  });
  const full = joinShape(N, inner * groups, output, layout);
  if (elementCount(full) > MAX_ELEMENTS) refuse("too-large", "output", full, `at most ${MAX_ELEMENTS} elements`);
  const extra = output.map((size, axis) => Math.max(0, size - plain[axis]!));
  return convProblem("backward-data", {
    ...mirrored,
    inputShape: full,
    padding: mirroredPadding(output, extra, sizing),
  });
}

/**
 * Returns the problem of a gradient of a transposed convolution, whose x is the given gradient of the output, and its y the input of the
 * transposed convolution: the forward pass for the gradient of the input, the backward-weights pass for that of the kernel.
 * @param descriptor the descriptor of the mirrored convolution
 * @param outputPadding that of the transposed convolution; by default it follows from the shape of its input, if that is given
 * @param given the shape of its input
 * @throws ConvError naming the invalid field
 */
export function transposedGradient(
  pass: Pass,
  descriptor: ConvDescriptor,
  outputPadding: unknown,
  given: unknown,
  names: ShapeNames & { readonly given: string },
): ConvProblem {
  const { layout, spatial: sizes, sizing } = sizingOf(descriptor, descriptor.kernelShape, names);
  const shape = given === undefined ? undefined : checkShape(names.given, given, [sizes.length + 2]);
  let extra = checkExtra(outputPadding, sizing);
  if (shape && outputPadding === undefined) {
    const plain = outputSizes(splitShape(shape, layout).spatial, sizing);
    extra = sizes.map((size, axis) => Math.min(Math.max(0, size - plain[axis]!), mostExtra(sizing, axis)));
  }
  const padding = mirroredPadding(sizes, extra, sizing);
  const problem = convProblem(pass, { ...descriptor, padding }, names);
  const wanted = tensorShape(problem, "y");
  if (shape && wanted.join() !== shape.join())
    refuse(
      "shape-mismatch",
      names.given,
      shape,
      `[${wanted.join(", ")}], whose transposed convolution has the shape of dy`,
    );
  return problem;
}
