// Average and sum pooling, and their gradients.
import { checkTensor } from "../../gpu/tensor.ts";
import type { Dtype } from "../../base/dtype.ts";
import type { Step } from "../../kernel/step.ts";
import { dilatedExtent, elementCount } from "../../base/shape.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import { checkOptions } from "../../base/validate.ts";
import {
  AVERAGE_POOL_KEYS,
  type AveragePoolBackwardOptions,
  type AveragePoolOptions,
  type Averaging,
  averagingOf,
} from "./geometry.ts";
import { type FeatureMap, elementsOf, mapOfShape, shapeOf } from "../shared/geometry/feature-map.ts";
import {
  WINDOW_KEYS,
  type WindowBackwardOptions,
  type WindowOptions,
  type Windows,
  pooled,
  windowsOf,
} from "../shared/geometry/windows.ts";
import { checkLike, checkMap } from "../shared/feature-map.ts";
import { type Gathering, aroundWindows, gathering, sharing } from "../shared/gathering.ts";
import type { Range } from "../../kernel/dispatch.ts";
import { run, type Recipe, floatBits, whole } from "../../gpu/operation.ts";
import { type Axes, type Rule, laneType, overWindows, reduction } from "../shared/pooling.ts";
import averageRuleShader from "../../../shaders/ops/average-pool/average-rule.wgsl";
import averageDivisorShader from "../../../shaders/ops/average-pool/average-divisor.wgsl";
import averageShader from "../../../shaders/ops/average-pool/average.wgsl";
import spreadShader from "../../../shaders/ops/average-pool/spread.wgsl";
import withWindowShader from "../../../shaders/ops/shared/pool/with-window.wgsl";
import averageShareShader from "../../../shaders/ops/average-pool/average-share.wgsl";

/**
 * The mean of each window of each channel.
 *
 * @param x [N, C, ...spatial], or [N, ...spatial, C]
 * @returns a new tensor with as many cells along each axis as there are windows
 * @throws ConvError naming the argument that does not fit
 */
export function averagePool(x: Tensor, options: AveragePoolOptions): Tensor {
  checkOptions("options", options, AVERAGE_POOL_KEYS);
  const { tensor, map } = checkMap("x", x);
  const windows = windowsOf(map, options);
  const averaging = averagingOf(options);
  const { layout, dtype } = tensor;
  const output = pooled(map, windows);
  const y = { shape: shapeOf(output), layout, dtype };
  return run({
    name: "averagePool",
    inputs: { x: tensor },
    results: { y },
    parameters: [windows, averaging],
    recipe: () =>
      reduction({
        ...{ input: map, output, dtype, axes: overWindows(map, windows) },
        rule: averageRule(commonDivisor(map, windows, averaging), averaging.includePadding),
        ...{ x: whole("x", tensor), results: [whole("y", y)] },
      }),
  }).y;
}

/**
 * The gradient of `averagePool` with respect to its x.
 *
 * @param dy the gradient of its result
 * @param options those of the pooling, and the shape of its x
 * @returns a new tensor of shape `inputShape`
 * @throws ConvError naming the argument that does not fit
 */
export function averagePoolBackward(
  dy: Tensor,
  options: AveragePoolBackwardOptions,
): Tensor {
  checkOptions("options", options, [...AVERAGE_POOL_KEYS, "inputShape"]);
  const { layout, dtype } = checkTensor("dy", dy);
  const map = mapOfShape("inputShape", options.inputShape, layout);
  const windows = windowsOf(map, options);
  const averaging = averagingOf(options);
  const gradient = checkLike(
    "dy",
    dy,
    { shape: shapeOf(pooled(map, windows)), layout, dtype },
    "the result of this pooling",
  );
  const dx = { shape: shapeOf(map), layout, dtype };
  return run({
    name: "averagePoolBackward",
    inputs: { dy: gradient },
    results: { dx },
    parameters: [windows, averaging],
    recipe: () =>
      averageBackward({
        ...{ output: pooled(map, windows), map, dtype },
        ...{ over: overWindows(map, windows), around: aroundWindows(map, windows) },
        rule: averageRule(commonDivisor(map, windows, averaging), averaging.includePadding),
        ...{ dy: whole("dy", gradient), dx: whole("dx", dx) },
      }),
  }).dx;
}

/**
 * The sum of each window of each channel: `averagePool` with the divisor 1.
 *
 * @param x [N, C, ...spatial], or [N, ...spatial, C]
 * @returns a new tensor with as many cells along each axis as there are windows
 * @throws ConvError naming the argument that does not fit
 */
export function sumPool(x: Tensor, options: WindowOptions): Tensor {
  checkOptions("options", options, WINDOW_KEYS);
  return averagePool(x, { ...options, divisor: 1 });
}

/**
 * The gradient of `sumPool` with respect to its x.
 *
 * @param dy the gradient of its result
 * @param options those of the pooling, and the shape of its x
 * @returns a new tensor of shape `inputShape`
 * @throws ConvError naming the argument that does not fit
 */
export function sumPoolBackward(dy: Tensor, options: WindowBackwardOptions): Tensor {
  checkOptions("options", options, [...WINDOW_KEYS, "inputShape"]);
  return averagePoolBackward(dy, { ...options, divisor: 1 });
}

/** The rule of a mean: the divisor of all outputs where they have the same, or 0. */
export function averageRule(divisor: number, includePadding: boolean): Rule {
  return {
    shaders: [averageRuleShader, averageDivisorShader, averageShader],
    words: [floatBits(divisor)],
    constants: { COMMON_DIVISOR: divisor > 0, INCLUDE_PADDING: includePadding && divisor === 0 },
    kept: 1,
  };
}

/** What all windows are divided by, or 0 where that differs. */
export function commonDivisor(map: FeatureMap, windows: Windows, { includePadding, divisor }: Averaging): number {
  if (divisor > 0) return divisor;
  const { kernel, stride, dilation, padBegin, padEnd, output } = windows;
  const alike = kernel.every((taps, axis) => {
    const end = (output[axis]! - 1) * stride[axis]! + dilatedExtent(taps, dilation[axis]!);
    return includePadding
      ? end <= padBegin[axis]! + map.size[axis]! + padEnd[axis]!
      : padBegin[axis] === 0 && end <= map.size[axis]!;
  });
  return alike ? elementCount(kernel) : 0;
}

/** What divides nothing. */
const ONE = floatBits(1);

interface AverageBackward {
  readonly output: FeatureMap;
  readonly map: FeatureMap;
  readonly dtype: Tensor["dtype"];
  readonly over: Axes;
  readonly around: Gathering["axes"];
  /** Made by `averageRule`. */
  readonly rule: Rule;
  readonly dy: Range;
  readonly dx: Range;
}

/** The gradient of a mean: one gathering, after the division where windows differ in what they are divided by. */
export function averageBackward({ output, map, dtype, over, around, rule, dy, dx }: AverageBackward): Recipe {
  const divisor = rule.words[0]!;
  const spread = (from: Range, s: Dtype, words: number[]): Step<string> =>
    gathering({
      ...{ pooled: output, map, dtype, axes: around, ranges: [from, dx] },
      rule: {
        shaders: [spreadShader, withWindowShader],
        words,
        constants: { DIVIDED: words[0] !== ONE },
        aliases: { S: laneType(map, s) },
      },
    });
  if (divisor !== 0) return { steps: [spread(dy, dtype, [divisor])] };
  const shares: Range = { operand: "workspace", offset: 0, size: elementsOf(output) * 4 };
  const share = sharing({
    ...{ pooled: output, map, dtype, axes: over, ranges: [dy, shares] },
    rule: { ...rule, shaders: [averageRuleShader, averageDivisorShader, averageShareShader] },
  });
  return { steps: [share, spread(shares, "f32", [ONE])], workspaceBytes: shares.size };
}
