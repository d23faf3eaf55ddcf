// Windows of which each tap has a weight that is a product of weights along the axes: sums of their cells, and what windows have for cells.
import type { Dtype } from "../../base/dtype.ts";
import type { Constant, Step } from "../../kernel/step.ts";
import { elementCount } from "../../base/shape.ts";
import { type FeatureMap, elementsOf } from "./geometry/feature-map.ts";
import type { Windows } from "./geometry/windows.ts";
import { mapConstants, windowWords } from "./feature-map.ts";
import { blocksOf, windowsAround } from "./gathering.ts";
import { type Range, dispatch } from "../../kernel/dispatch.ts";
import { floatBits } from "../../gpu/operation.ts";
import { FEW_CELLS, alongAxes, inLanes, laneParts, poolWords, runAlong, windowConstants } from "./pooling.ts";
import weightsShader from "../../../shaders/ops/shared/pool/weights.wgsl";
import poolShader from "../../../shaders/ops/shared/pool/pool.wgsl";
import reduceWeightsShader from "../../../shaders/ops/shared/pool/reduce-weights.wgsl";
import blocksShader from "../../../shaders/ops/shared/pool/blocks.wgsl";
import gatherWeightsShader from "../../../shaders/ops/shared/pool/gather-weights.wgsl";
import windowsShader from "../../../shaders/ops/shared/windows.wgsl";
import overWindowsShader from "../../../shaders/ops/shared/pool/over-windows.wgsl";

/** Along an axis: the weights of the taps of a window, alike for all windows that no end of the axis cuts off. */
export type TapWeights = (axis: 0 | 1 | 2, window: number) => readonly number[];

/** The most windows along an axis that the ends cut off: each is told from the others by itself. */
const MOST_OWN = 4;

export interface WeightedWindows {
  readonly windows: Windows;
  /** The struct Rule of shaders/ops/pool/weights.wgsl. */
  readonly words: readonly number[];
  readonly constants: Readonly<Record<string, Constant>>;
}

/** Windows with their weights; undefined where they are too large to be written out, or leave cells out. */
export function weightedWindows(
  { size }: FeatureMap,
  windows: Windows,
  weightsOf: TapWeights,
): WeightedWindows | undefined {
  const { kernel, stride, dilation, padBegin, output } = windows;
  const touching = kernel.every((taps, axis) => dilation[axis] === 1 && stride[axis]! <= taps);
  if (!touching || elementCount(kernel) > FEW_CELLS) return undefined;
  const ends = ([0, 1, 2] as const).map((axis) => {
    const before = Math.min(Math.ceil(padBegin[axis] / stride[axis]), output[axis]);
    const fitting = Math.floor((size[axis] + padBegin[axis] - kernel[axis]) / stride[axis]) + 1;
    return { axis, before, after: output[axis] - Math.min(Math.max(before, fitting), output[axis]) };
  });
  if (ends.some(({ before, after }) => before + after > MOST_OWN)) return undefined;
  // Where no window is whole, none is that has the weights of those.
  const whole = ends.flatMap(({ axis, before }) => weightsOf(axis, Math.min(before, output[axis] - 1)));
  const own = ends.flatMap(({ axis, before, after }) =>
    [
      ...Array.from({ length: before }, (_, window) => window),
      ...Array.from({ length: after }, (_, at) => output[axis] - after + at),
    ].flatMap((window) => weightsOf(axis, window)),
  );
  const [d, h, w] = ends as [(typeof ends)[0], (typeof ends)[0], (typeof ends)[0]];
  return {
    windows,
    words: [...whole, ...own].flatMap((weight) => [floatBits(weight), 0, 0, 0]),
    constants: {
      ...alongAxes("BEFORE", [d.before, h.before, w.before]),
      ...alongAxes("AFTER", [d.after, h.after, w.after]),
      WEIGHTS: whole.length + own.length,
    },
  };
}

interface Weighting {
  readonly weighted: WeightedWindows;
  readonly pooled: FeatureMap;
  readonly map: FeatureMap;
  readonly dtype: Dtype;
  /** What is read and what is made. */
  readonly ranges: readonly [Range, Range];
}

/** The dispatch that makes the pooled map: of each window the sum of its cells times their weights. */
export function weightedSums({ weighted, pooled, map, dtype, ranges }: Weighting): Step<string> {
  const { windows, words } = weighted;
  const lanes = laneParts(map, dtype);
  const to = inLanes(pooled);
  const [, height, width] = to.size;
  const run = runAlong(height, elementsOf(to), 1, elementCount(windows.kernel));
  const rows = Math.ceil(height / run);
  const threads = (elementsOf(to) / height) * rows;
  return dispatch({
    shaders: [...lanes.shaders, ...WINDOWS, weightsShader, poolShader, reduceWeightsShader],
    constants: {
      ...mapConstants(map),
      ...windowConstants(windows),
      ...weighted.constants,
      ...{ RUN: run, EVEN: height % run === 0 },
    },
    aliases: lanes.aliases,
    ranges,
    uniforms: poolWords(inLanes(map), to, windowWords(windows), [threads, width, rows, 0], words),
    threads,
  });
}

/** The dispatch that makes the other map: what the windows of each cell have for it, times its weight in them. */
export function weightedSpread({ weighted, pooled, map, dtype, ranges }: Weighting): Step<string> {
  const { windows, words } = weighted;
  const lanes = laneParts(map, dtype);
  const { threads, work, constants } = blocksOf(pooled, map, windows, windowsAround(windows));
  return dispatch({
    shaders: [
      ...[...lanes.shaders, ...WINDOWS, weightsShader],
      ...[poolShader, blocksShader, gatherWeightsShader],
    ],
    constants: { ...mapConstants(map), ...constants, ...weighted.constants },
    aliases: lanes.aliases,
    ranges,
    uniforms: poolWords(inLanes(pooled), inLanes(map), windowWords(windows), work, words),
    threads,
  });
}

const WINDOWS = [windowsShader, overWindowsShader];
