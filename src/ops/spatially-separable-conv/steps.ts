// The steps of spatially separable convolution: a pass along an axis, its adjoint, and the gradient of its kernel.
import axisFilterBackwardShader from "../../../shaders/ops/spatially-separable-conv/axis-filter-backward.wgsl";
import axisFilterWeightsShader from "../../../shaders/ops/spatially-separable-conv/axis-filter-weights.wgsl";
import axisFilterShader from "../../../shaders/ops/spatially-separable-conv/axis-filter.wgsl";
import axisShader from "../../../shaders/ops/spatially-separable-conv/axis.wgsl";
import noCopiesShader from "../../../shaders/ops/spatially-separable-conv/no-copies.wgsl";
import type { Dtype } from "../../base/dtype.ts";
import { elementCount } from "../../base/shape.ts";
import { type Range, dispatch } from "../../kernel/dispatch.ts";
import { elementTypes } from "../../kernel/element-types.ts";
import { partsOf } from "../../kernel/levels.ts";
import { copiesSnippet, paddingSnippet } from "../../kernel/padding.ts";
import type { Constant, Step } from "../../kernel/step.ts";
import type { Uniforms } from "../../kernel/uniforms.ts";
import { forwardCorrelation, repeatsAgain } from "../../problem/correlation.ts";
import { elementsOf } from "../shared/geometry/feature-map.ts";
import type { LongSums } from "../shared/sum-parts.ts";
import type { AxisPass, AxisPasses } from "./geometry.ts";

/** Taps of a kernel for which an invocation computes the gradient. */
const TAPS = 4;

/** Outputs along the axis that an invocation computes: RUN of axis-filter.wgsl. */
const RUN = 4;

/** A feature map in memory: its range and element type. */
export interface Stored {
  readonly range: Range;
  readonly dtype: Dtype;
}

/** A feature map in the workspace. */
export function inWorkspace(range: Range): Stored {
  return { range, dtype: "f32" };
}

/** A feature map as [outer, cells, inner] along an axis, and the strides of the kernels. */
function axisOf({ problem }: AxisPasses, { axis, from, perChannel }: AxisPass) {
  const last = from.layout === "channels-last";
  const { channels, N, size } = from;
  const before = elementCount(size.slice(0, axis));
  const after = elementCount(size.slice(axis + 1));
  const kernel = problem.kernel[axis];
  return {
    outer: N * before * (last ? 1 : channels),
    inner: after * (last ? channels : 1),
    input: size[axis],
    output: problem.output[axis],
    kernel,
    stride: problem.stride[axis],
    dilation: problem.dilation[axis],
    begin: problem.padBegin[axis],
    end: problem.padEnd[axis],
    channels: perChannel ? channels : 1,
    channelOuter: last ? 0 : before,
    wChannel: last || !perChannel ? 1 : kernel,
    wTap: last && perChannel ? channels : 1,
  };
}

type Axis = ReturnType<typeof axisOf>;

/** Whether each channel has its own kernel and channels are innermost, in the kernels as in the map. */
function hasInnermostKernels({ channels, channelOuter }: Axis): boolean {
  return channels > 1 && channelOuter === 0;
}

/** The uniforms of the struct Axis of axis.wgsl, where an invocation processes `lanes` elements of `inner`. */
function axisUniforms(axis: Axis, lanes: number): Uniforms {
  const kernelLanes = hasInnermostKernels(axis) ? lanes : 1;
  const { outer: _, ...fields } = axis;
  return {
    ...fields,
    inner: axis.inner / lanes,
    channels: axis.channels / kernelLanes,
    wTap: axis.wTap / kernelLanes,
  };
}

function paddingOf({ problem }: AxisPasses) {
  return paddingSnippet(problem.paddingMode, repeatsAgain(forwardCorrelation(problem)));
}

function constantsOf(axes: AxisPasses): Record<string, Constant> {
  return { ...paddingOf(axes).constants, FLIPPED: axes.problem.flipped, PADDING_VALUE: { f32: 0 } };
}

interface FilterOperands {
  readonly from: Stored;
  readonly weights: Range;
  readonly to: Stored;
}

/** A pass over `from`. @param dtype of the weights */
export function filterStep(axes: AxisPasses, pass: AxisPass, dtype: Dtype, operands: FilterOperands): Step<string> {
  return filterAlong(axes, axisOf(axes, pass), axes.problem.flipped, dtype, operands);
}

/** The adjoint of a pass: the gradient of its input, from the gradient of its output. @param dtype of the weights */
export function adjointStep(axes: AxisPasses, pass: AxisPass, dtype: Dtype, operands: FilterOperands): Step<string> {
  const axis = axisOf(axes, pass);
  const { paddingMode, flipped } = axes.problem;
  // The adjoint of a pass without stride is a pass with the mirrored kernel, unless the border repeats cells.
  if (paddingMode === "zeros" && axis.stride === 1) return filterAlong(axes, mirror(axis), !flipped, dtype, operands);
  const { lanes, ...operand } = filterOperands(axis, dtype, operands);
  return dispatch({
    shaders: [
      paddingMode === "zeros" ? noCopiesShader : copiesSnippet(paddingMode).shader,
      axisShader,
      axisFilterBackwardShader,
    ],
    constants: { ...constantsOf(axes), STEPS: axis.stride > 1 },
    ...operand,
    uniforms: { axis: axisUniforms(axis, lanes) },
    threads: (axis.outer * axis.input * axis.inner) / lanes,
  });
}

function filterAlong(
  axes: AxisPasses,
  axis: Axis,
  flipped: boolean,
  dtype: Dtype,
  operands: FilterOperands,
): Step<string> {
  const { lanes, ...operand } = filterOperands(axis, dtype, operands);
  return dispatch({
    shaders: [paddingOf(axes).shader, axisShader, axisFilterShader],
    constants: {
      ...constantsOf(axes),
      FLIPPED: flipped,
      SLIDES: axis.stride === 1 && axis.dilation === 1,
    },
    ...operand,
    uniforms: { axis: axisUniforms(axis, lanes) },
    threads: (axis.outer * Math.ceil(axis.output / RUN) * axis.inner) / lanes,
  });
}

/** The axis of the mirrored pass: input and output exchanged, padded by as much as the kernel reaches before its first output. */
function mirror(axis: Axis): Axis {
  const reach = (axis.kernel - 1) * axis.dilation;
  return { ...axis, input: axis.output, output: axis.input, begin: reach - axis.begin };
}

/** Bindings and types of a pass: four elements of `inner` at once where it divides by four, and so do the kernels' channels. */
function filterOperands(axis: Axis, dtype: Dtype, { from, weights, to }: FilterOperands) {
  const innermost = hasInnermostKernels(axis);
  const lanes = axis.inner % 4 === 0 && (!innermost || axis.channels % 4 === 0) ? 4 : 1;
  const kernelLanes = innermost ? lanes : 1;
  const typeOf = (of: Dtype, count = lanes): string => elementTypes(of)[count === 4 ? "four" : "one"];
  const inOneBuffer = from.range.operand === "workspace" && to.range.operand === "workspace";
  return {
    lanes,
    aliases: {
      V: typeOf("f32"),
      I: typeOf(from.dtype),
      O: typeOf(to.dtype),
      W: typeOf(dtype, kernelLanes),
      C: typeOf("f32", kernelLanes),
    },
    ranges: [from.range, weights, to.range],
    ...(inOneBuffer && { readWrite: [1] }),
  };
}

/** The sums of the gradient of a pass's kernel. */
export function kernelSums({ problem }: AxisPasses, { axis, to, perChannel }: AxisPass): LongSums {
  const kernels = perChannel ? to.channels : 1;
  return { sums: kernels * problem.kernel[axis], count: elementsOf(to) / kernels };
}

/** The partial sums of the gradient of a pass's kernel. */
export function kernelGradientStep(
  axes: AxisPasses,
  pass: AxisPass,
  x: Stored,
  dy: Stored,
  partialSums: Range,
): Step<string> {
  const axis = axisOf(axes, pass);
  const { count } = kernelSums(axes, pass);
  const last = pass.to.layout === "channels-last";
  const perImage = (pass.to.channels * elementCount(pass.to.size)) / axis.channels;
  const fromWorkspace = [x, dy].flatMap(({ range }, at) => (range.operand === "workspace" ? [at + 1] : []));
  return dispatch({
    shaders: [paddingOf(axes).shader, axisShader, axisFilterWeightsShader],
    constants: { ...constantsOf(axes), TAPS },
    aliases: { I: elementTypes(x.dtype).one, D: elementTypes(dy.dtype).one },
    ranges: [x.range, dy.range, partialSums],
    readWrite: fromWorkspace,
    uniforms: {
      axis: axisUniforms(axis, 1),
      parts: partsOf(count),
      count,
      run: last || !pass.perChannel ? 1 : perImage,
    },
    threads: Math.ceil(axis.kernel / TAPS) * axis.channels * partsOf(count),
  });
}
