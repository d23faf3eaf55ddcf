// Average and sum pooling, and their gradients.
import averageShader from "../../../shaders/ops/average-pool/average.wgsl";
import backwardShader from "../../../shaders/ops/average-pool/backward.wgsl";
import eachShareShader from "../../../shaders/ops/average-pool/each-share.wgsl";
import ruleShader from "../../../shaders/ops/average-pool/rule.wgsl";
import scaleDyShader from "../../../shaders/ops/average-pool/scale-dy.wgsl";
import wholeShareShader from "../../../shaders/ops/average-pool/whole-share.wgsl";
import divisorShader from "../../../shaders/ops/shared/pool/divisor.wgsl";
import valueStateShader from "../../../shaders/ops/shared/pool/value-state.wgsl";
import type { Dtype } from "../../base/dtype.ts";
import { dilatedExtent, elementCount } from "../../base/shape.ts";
import { checkOptions } from "../../base/validate.ts";
import { type Recipe, run, whole } from "../../gpu/operation.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import type { Range } from "../../kernel/dispatch.ts";
import type { Step } from "../../kernel/step.ts";
import { copyStep } from "../shared/copy.ts";
import { checkMap } from "../shared/feature-map.ts";
import type { FeatureMap } from "../shared/geometry/feature-map.ts";
import { type StridedCopy, wholeView } from "../shared/geometry/strided.ts";
import {
  WINDOW_KEYS,
  type WindowBackwardOptions,
  type WindowOptions,
  type Windows,
  pooled,
  windowsOf,
} from "../shared/geometry/windows.ts";
import { checkWindowBackward, runReduction } from "../shared/pool-calls.ts";
import {
  type CellRegions,
  type PoolGradient,
  aroundWindows,
  poolGradient,
  scaleDy,
  scaledRange,
} from "../shared/pool-gradient.ts";
import { laneType } from "../shared/pool-kernel.ts";
import { type OutputRegions, type ReductionRule, overWindows } from "../shared/pool-reduction.ts";
import { afterScaling, sumGradient } from "../shared/pool-running.ts";
import {
  AVERAGE_POOL_KEYS,
  type AveragePoolBackwardOptions,
  type AveragePoolOptions,
  type Averaging,
  averagingOf,
} from "./geometry.ts";

/**
 * The mean of each window of each channel, as PyTorch's `avg_pool` and ONNX's AveragePool.
 *
 * @param x [N, C, ...spatial], or [N, ...spatial, C]
 * @returns a new tensor with one cell for each window along each axis
 * @throws ConvError naming the invalid argument
 * @example
 * const y = averagePool(x, { kernelSize: 3, stride: 2, padding: 1 });
 */
export function averagePool(x: Tensor, options: AveragePoolOptions): Tensor {
  checkOptions("options", options, AVERAGE_POOL_KEYS);
  const { map } = checkMap("x", x);
  const averaging = averagingOf(options);
  const windows = windowsOf(map, options, averaging.mayBeEmpty);
  return runReduction({
    name: "averagePool",
    ...{ x, input: map, output: pooled(map, windows), parameters: [windows, averaging] },
    recipe: () => ({
      regions: overWindows(map, windows),
      rule: averageRule(commonDivisor(map, windows, averaging), averaging.includePadding),
    }),
  });
}

/**
 * The gradient of `averagePool` with respect to its x.
 *
 * @param dy the gradient of the pooling's result
 * @param options the options of the pooling, and the shape of its x
 * @returns a new tensor of shape `inputShape`
 * @throws ConvError naming the invalid argument
 * @example
 * const dx = averagePoolBackward(dy, { kernelSize: 2, inputShape: x.shape });
 */
export function averagePoolBackward(dy: Tensor, options: AveragePoolBackwardOptions): Tensor {
  checkOptions("options", options, [...AVERAGE_POOL_KEYS, "inputShape"]);
  const averaging = averagingOf(options);
  const { map, windows, output, dx } = checkWindowBackward(dy, options, AVERAGE_POOL_KEYS, averaging.mayBeEmpty);
  return run({
    name: "averagePoolBackward",
    inputs: { dy },
    results: { dx },
    parameters: [windows, averaging],
    recipe: () =>
      averageBackward({
        ...{ output, map, dtype: dy.dtype, over: overWindows(map, windows), around: aroundWindows(map, windows) },
        ...{ divisor: commonDivisor(map, windows, averaging), includePadding: averaging.includePadding },
        ...{ dy: whole("dy", dy), dx: whole("dx", dx), isSoftware: dy.gpu.isSoftware },
      }),
  }).dx;
}

/**
 * The sum of each window of each channel: `averagePool` with the divisor 1.
 *
 * @param x [N, C, ...spatial], or [N, ...spatial, C]
 * @returns a new tensor with one cell for each window along each axis
 * @throws ConvError naming the invalid argument
 * @example
 * const y = sumPool(x, { kernelSize: 2 });
 */
export function sumPool(x: Tensor, options: WindowOptions): Tensor {
  checkOptions("options", options, WINDOW_KEYS);
  return averagePool(x, { ...options, divisor: 1 });
}

/**
 * The gradient of `sumPool` with respect to its x.
 *
 * @param dy the gradient of the pooling's result
 * @param options the options of the pooling, and the shape of its x
 * @returns a new tensor of shape `inputShape`
 * @throws ConvError naming the invalid argument
 * @example
 * const dx = sumPoolBackward(dy, { kernelSize: 2, inputShape: x.shape });
 */
export function sumPoolBackward(dy: Tensor, options: WindowBackwardOptions): Tensor {
  checkOptions("options", options, [...WINDOW_KEYS, "inputShape"]);
  return averagePoolBackward(dy, { ...options, divisor: 1 });
}

/** Divides every sum by `divisor`, or, if that is 0, each sum by its number of cells. */
export function averageRule(divisor: number, includePadding = false): ReductionRule {
  return {
    shaders: [ruleShader, divisorShader, valueStateShader, averageShader],
    ...divisionOf(divisor, includePadding),
    stateSize: 1,
    separable: true,
  };
}

function divisionOf(divisor: number, includePadding: boolean): Pick<ReductionRule, "uniforms" | "constants"> {
  return {
    uniforms: { divisor },
    constants: { COMMON_DIVISOR: divisor > 0, INCLUDE_PADDING: includePadding && divisor === 0 },
  };
}

/** The divisor common to all windows, or 0 where they differ. */
export function commonDivisor(map: FeatureMap, windows: Windows, { includePadding, divisor }: Averaging): number {
  if (divisor > 0) return divisor;
  const { kernel, stride, dilation, padBegin, padEnd, output } = windows;
  const equal = kernel.every((taps, axis) => {
    const end = (output[axis]! - 1) * stride[axis]! + dilatedExtent(taps, dilation[axis]!);
    return includePadding
      ? end <= padBegin[axis]! + map.size[axis]! + padEnd[axis]!
      : padBegin[axis]! <= 0 && end <= map.size[axis]! + padBegin[axis]!;
  });
  return equal ? elementCount(kernel) : 0;
}

interface AverageBackward {
  readonly output: FeatureMap;
  readonly map: FeatureMap;
  readonly dtype: Dtype;
  /** The cells of each output, and the outputs of each cell. */
  readonly over: OutputRegions;
  readonly around: CellRegions;
  /** As in `averageRule`. */
  readonly divisor: number;
  readonly includePadding?: boolean;
  readonly dy: Range;
  readonly dx: Range;
  readonly isSoftware: boolean;
}

/**
 * The gradient of a mean, in one step; where the divisors differ and windows are too large to be unrolled, a step before it divides dy. Such
 * windows that cover the map without overlap are divided and then repeated.
 */
export function averageBackward({ divisor, includePadding = false, over, ...call }: AverageBackward): Recipe {
  const { output, map, dtype, around, dy, dx, isSoftware } = call;
  const gradientOf = (from: Range, S: Dtype, by: number, share = wholeShareShader): PoolGradient => ({
    ...{ pooled: output, map, dtype, regions: around, ranges: [from, dx], isSoftware },
    rule: {
      shaders: [share, backwardShader],
      uniforms: { divisor: by },
      constants: { DIVIDED: Math.fround(by) !== 1, INCLUDE_PADDING: includePadding },
      aliases: { S: laneType(map, S) },
    },
  });
  const scaledAs = (type: Dtype): [Step<string>, Range] => {
    const scaled = scaledRange(output, type);
    const scale = scaleDy({
      ...{ pooled: output, map, dtype, scaledDtype: type, regions: over, ranges: [dy, scaled] },
      rule: { shaders: [ruleShader, divisorShader, scaleDyShader], ...divisionOf(divisor, includePadding) },
    });
    return [scale, scaled];
  };
  const { windows } = around;
  if (windows && !around.blocks && areTiles(map, windows)) {
    const [scale, scaled] = scaledAs(dtype);
    return { steps: [scale, copyStep(dtype, tileCopy(map, windows), scaled, dx)], workspaceBytes: scaled.size };
  }
  if (divisor !== 0) return sumGradient(gradientOf(dy, dtype, divisor));
  if (around.blocks) return { steps: [poolGradient(gradientOf(dy, dtype, 1, eachShareShader))] };
  const [scale, scaled] = scaledAs("f32");
  return afterScaling(scale, scaled, (offset) => sumGradient(gradientOf(scaled, "f32", 1), offset));
}

/** Whether every cell lies in exactly one window. */
function areTiles({ size }: FeatureMap, { kernel, stride, dilation, padBegin, output }: Windows): boolean {
  return kernel.every(
    (taps, axis) =>
      (taps === stride[axis] || output[axis] === 1) &&
      dilation[axis] === 1 &&
      padBegin[axis] === 0 &&
      output[axis]! * taps === size[axis],
  );
}

/** The copy of each window to its cells. */
function tileCopy({ N, channels, layout, size }: FeatureMap, { kernel, output }: Windows): StridedCopy {
  const [planes, pixel] = layout === "channels-last" ? [N, channels] : [N * channels, 1];
  const [from, to] = [output, size].map((cells) => wholeView([planes, ...cells, pixel]).strides) as [
    number[],
    number[],
  ];
  // Sizes, and strides in both tensors.
  const axes = [
    [planes, from[0]!, to[0]!],
    ...kernel.flatMap((taps, axis) => [
      [output[axis]!, from[axis + 1]!, to[axis + 1]! * taps],
      [taps, 0, to[axis + 1]!],
    ]),
    [pixel, 1, 1],
  ];
  const along = (at: number): number[] => axes.map((axis) => axis[at]!);
  return { sizes: along(0), from: { start: 0, strides: along(1) }, to: { start: 0, strides: along(2) } };
}
