// Pooling by windows with separable tap weights (products of weights along the axes): weighted sums of cells, and their transpose.
import backwardWeightsShader from "../../../shaders/ops/shared/pool/backward-weights.wgsl";
import blocksShader from "../../../shaders/ops/shared/pool/blocks.wgsl";
import overWindowsShader from "../../../shaders/ops/shared/pool/over-windows.wgsl";
import reduceWeightsShader from "../../../shaders/ops/shared/pool/reduce-weights.wgsl";
import weightsShader from "../../../shaders/ops/shared/pool/weights.wgsl";
import windowRegionsShader from "../../../shaders/ops/shared/pool/window-regions.wgsl";
import windowsShader from "../../../shaders/ops/shared/windows.wgsl";
import { alongAxes } from "../../algorithms/operands.ts";
import type { Dtype } from "../../base/dtype.ts";
import { elementCount } from "../../base/shape.ts";
import type { Range } from "../../kernel/dispatch.ts";
import type { Step } from "../../kernel/step.ts";
import type { FeatureMap } from "./geometry/feature-map.ts";
import type { Windows } from "./geometry/windows.ts";
import { blocksOf, windowsAround } from "./pool-gradient.ts";
import {
  MAX_UNROLLED,
  type Regions,
  type Rule,
  inLanes,
  isDilated,
  poolStep,
  windowConstants,
  windowTiles,
  windowUniforms,
} from "./pool-kernel.ts";

/** The weights of the taps of a window along an axis: the same for all windows that no end of the axis cuts off. */
export type TapWeights = (axis: 0 | 1 | 2, window: number) => readonly number[];

/** The most windows along an axis that its ends may cut off: the kernel compares with each of them. */
const MAX_END_WINDOWS = 4;

/** Windows with their weights, the uniforms and constants of shaders/ops/shared/pool/weights.wgsl. */
export interface WeightedWindows {
  readonly windows: Windows;
  readonly rule: Rule;
}

/** Windows with their weights; undefined if they are too large to be unrolled, or leave cells out. */
export function weightedWindows(
  { size }: FeatureMap,
  windows: Windows,
  weightsOf: TapWeights,
): WeightedWindows | undefined {
  const { kernel, stride, dilation, padBegin, output } = windows;
  const gapless = kernel.every((taps, axis) => dilation[axis] === 1 && stride[axis]! <= taps);
  if (!gapless || elementCount(kernel) > MAX_UNROLLED) return undefined;
  const endsAlong = (axis: 0 | 1 | 2) => {
    const before = Math.min(Math.max(Math.ceil(padBegin[axis] / stride[axis]), 0), output[axis]);
    const fitting = Math.floor((size[axis] + padBegin[axis] - kernel[axis]) / stride[axis]) + 1;
    return { axis, before, after: output[axis] - Math.min(Math.max(before, fitting), output[axis]) };
  };
  const ends = [endsAlong(0), endsAlong(1), endsAlong(2)] as const;
  if (ends.some(({ before, after }) => before + after > MAX_END_WINDOWS)) return undefined;
  // Where every window is cut off, the weights of whole ones are never used.
  const whole = ends.flatMap(({ axis, before }) => weightsOf(axis, Math.min(before, output[axis] - 1)));
  const own = ends.flatMap(({ axis, before, after }) =>
    [
      ...Array.from({ length: before }, (_, window) => window),
      ...Array.from({ length: after }, (_, at) => output[axis] - after + at),
    ].flatMap((window) => weightsOf(axis, window)),
  );
  const [d, h, w] = ends;
  return {
    windows,
    rule: {
      shaders: [weightsShader],
      uniforms: { weights: [...whole, ...own].flatMap((weight) => [weight, 0, 0, 0]) },
      constants: {
        ...alongAxes("BEFORE_", [d.before, h.before, w.before]),
        ...alongAxes("AFTER_", [d.after, h.after, w.after]),
        WEIGHTS: whole.length + own.length,
      },
    },
  };
}

interface Weighting {
  readonly weighted: WeightedWindows;
  /** The map of the windows. */
  readonly pooled: FeatureMap;
  /** The map of the cells. */
  readonly map: FeatureMap;
  readonly dtype: Dtype;
  /** The operand that is read, then the operand that is written. */
  readonly ranges: readonly [Range, Range];
  readonly isSoftware: boolean;
}

/** The step that computes the pooled map: each window is the weighted sum of its cells. */
export function weightedSums({ weighted, pooled, map, dtype, ranges, isSoftware }: Weighting): Step<string> {
  const { windows, rule } = weighted;
  const { constants, ...threads } = windowTiles(inLanes(pooled), windows, isSoftware);
  return poolStep({
    ...{ input: map, output: pooled, dtype, regions: regionsOf(windows), rule, ranges, ...threads },
    shaders: [reduceWeightsShader],
    constants: { ...windowConstants(windows), ...constants },
  });
}

/** The transpose: the step that computes each cell as the sum of the windows that contain it, times its weights in them. */
export function weightedTranspose({ weighted, pooled, map, dtype, ranges, isSoftware }: Weighting): Step<string> {
  const { windows, rule } = weighted;
  return poolStep({
    ...{ input: pooled, output: map, dtype, regions: regionsOf(windows), rule, ranges },
    shaders: [blocksShader, backwardWeightsShader],
    ...blocksOf({ pooled, map, windows, around: windowsAround(windows), isSoftware }),
  });
}

function regionsOf(windows: Windows): Regions {
  return {
    shaders: [windowsShader, windowRegionsShader, overWindowsShader],
    constants: isDilated(windows),
    uniforms: { windows: windowUniforms(windows) },
  };
}
