// CPU reference of spatially separable convolution and its gradients, in float64: one depthwise convolution for each axis.
import { pick } from "../../base/pick.ts";
import { checkOptions } from "../../base/validate.ts";
import { conv } from "../../reference/conv.ts";
import { convBackwardData, convBackwardWeights } from "../../reference/gradients.ts";
import { type Float64NdArray, type NdArray, checkNdArray, checkShapeIs } from "../../reference/ndarray.ts";
import { shapeOf } from "../shared/geometry/feature-map.ts";
import { type LayoutOptions, readMap } from "../shared/reference/feature-map.ts";
import {
  type AxisPass,
  type AxisPasses,
  SPATIALLY_SEPARABLE_KEYS,
  type SpatiallySeparableOptions,
  axisPassesOf,
} from "./geometry.ts";

type Options = SpatiallySeparableOptions & LayoutOptions;

/** `spatiallySeparableConv` of convoke/ops, in float64. */
export function spatiallySeparableConv(x: NdArray, kernels: readonly NdArray[], options: Options = {}): Float64NdArray {
  const axes = check(x, kernels, options);
  return axes.passes.reduce(
    (from, pass, at) => conv(from, weightsOf(axes, pass, kernels[at]!), passOptions(axes, pass)),
    checkNdArray("x", x, [3, 4, 5]),
  );
}

/** `spatiallySeparableConvBackward` of convoke/ops, in float64. */
export function spatiallySeparableConvBackward(
  dy: NdArray,
  x: NdArray,
  kernels: readonly NdArray[],
  options: Options = {},
): { dx: Float64NdArray; dkernels: Float64NdArray[] } {
  const axes = check(x, kernels, options);
  checkShapeIs("dy", dy.shape, shapeOf(axes.passes.at(-1)!.to));
  const inputs: NdArray[] = [x];
  axes.passes.slice(0, -1).forEach((pass, at) => {
    inputs.push(conv(inputs[at]!, weightsOf(axes, pass, kernels[at]!), passOptions(axes, pass)));
  });
  const dkernels: Float64NdArray[] = [];
  let gradient = dy;
  for (let at = kernels.length - 1; at >= 0; at--) {
    const pass = axes.passes[at]!;
    const geometry = passOptions(axes, pass);
    const w = weightsOf(axes, pass, kernels[at]!);
    const dw = convBackwardWeights(inputs[at]!, gradient, { ...geometry, kernelShape: w.shape });
    dkernels.unshift(kernelGradient(pass, dw, kernels[at]!.shape));
    gradient = convBackwardData(gradient, w, { ...geometry, inputShape: shapeOf(pass.from) });
  }
  return { dx: checkNdArray("dx", gradient, [3, 4, 5]), dkernels };
}

function check(x: NdArray, kernels: readonly NdArray[], options: Options): AxisPasses {
  checkOptions("options", options, [...SPATIALLY_SEPARABLE_KEYS, "layout"]);
  const { map } = readMap("x", x, options);
  const shapes = kernels.map((kernel, at) => checkNdArray(`kernels[${at}]`, kernel, [1, 2]).shape);
  return axisPassesOf(map, shapes, pick(options, SPATIALLY_SEPARABLE_KEYS));
}

/** The options of a pass as a depthwise convolution. */
function passOptions({ problem }: AxisPasses, { axis, from }: AxisPass) {
  const axes = Array.from({ length: from.rank }, (_, at) => 3 - from.rank + at);
  const own = <T>(values: readonly T[], other: T): T[] => axes.map((at) => (at === axis ? values[at]! : other));
  return {
    stride: own(problem.stride, 1),
    dilation: own(problem.dilation, 1),
    padding: own<[number, number]>(
      problem.padBegin.map((begin, at) => [begin, problem.padEnd[at]!]),
      [0, 0],
    ),
    paddingMode: problem.paddingMode,
    groups: from.channels,
    mode: problem.flipped ? ("convolution" as const) : ("cross-correlation" as const),
    layout: from.layout,
  };
}

/**
 * The weights of a pass as a depthwise convolution: [C, 1, ...kernel], or [...kernel, 1, C]. Kernels for each channel are stored in the
 * same order.
 */
function weightsOf({ problem }: AxisPasses, pass: AxisPass, { data }: NdArray): NdArray {
  const { axis, from } = pass;
  const cells = problem.kernel[axis];
  const kernel = [1, 1, 1].map((one, at) => (at === axis ? cells : one)).slice(3 - from.rank);
  const last = from.layout === "channels-last";
  return {
    shape: last ? [...kernel, 1, from.channels] : [from.channels, 1, ...kernel],
    data: Float64Array.from({ length: cells * from.channels }, (_, at) => data[kernelIndex(pass, at, cells)]!),
  };
}

/** The index in a 1-D kernel of a depthwise weight. */
function kernelIndex({ perChannel, from }: AxisPass, at: number, cells: number): number {
  if (perChannel) return at;
  return from.layout === "channels-last" ? Math.floor(at / from.channels) : at % cells;
}

/** The gradient of a 1-D kernel, from the gradient of the depthwise weights. */
function kernelGradient(pass: AxisPass, dw: Float64NdArray, shape: readonly number[]): Float64NdArray {
  const cells = dw.data.length / pass.from.channels;
  const data = new Float64Array(pass.perChannel ? dw.data.length : cells);
  dw.data.forEach((value, at) => (data[kernelIndex(pass, at, cells)]! += value));
  return { data, shape: [...shape] };
}
