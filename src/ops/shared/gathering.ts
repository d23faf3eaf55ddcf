// What gradients of pooling are made of: dispatches that gather (shaders/ops/pool/), for each cell of the map that was pooled, from the windows
// or bins that the cell belongs to.
import type { Dtype } from "../../base/dtype.ts";
import type { Constant, Step } from "../../kernel/step.ts";
import { type Triple, dilatedExtent, elementCount } from "../../base/shape.ts";
import { evenBins } from "./geometry/bins.ts";
import { type FeatureMap, elementsOf } from "./geometry/feature-map.ts";
import type { Windows } from "./geometry/windows.ts";
import { mapConstants, windowWords } from "./feature-map.ts";
import { type Dispatch, type Range, dispatch } from "../../kernel/dispatch.ts";
import {
  type Axes,
  FEW_CELLS,
  LONG_AXIS,
  MOST_TERMS,
  type Rule,
  alongAxes,
  inLanes,
  laneParts,
  poolWords,
  runAlong,
  runsOf,
  windowConstants,
} from "./pooling.ts";
import windowsShader from "../../../shaders/ops/shared/windows.wgsl";
import aroundBinsShader from "../../../shaders/ops/shared/pool/around-bins.wgsl";
import stepsShader from "../../../shaders/ops/shared/pool/steps.wgsl";
import aroundWindowsShader from "../../../shaders/ops/shared/pool/around-windows.wgsl";
import gatherFewShader from "../../../shaders/ops/shared/pool/gather-few.wgsl";
import gatherShader from "../../../shaders/ops/shared/pool/gather.wgsl";
import poolShader from "../../../shaders/ops/shared/pool/pool.wgsl";
import blocksShader from "../../../shaders/ops/shared/pool/blocks.wgsl";
import gatherBlocksShader from "../../../shaders/ops/shared/pool/gather-blocks.wgsl";
import shareShader from "../../../shaders/ops/shared/pool/share.wgsl";

/** Of dilated windows those up to which a cell's are written out, of others FEW_CELLS: with twelve of them written out SwiftShader did not come back within a minute and a half. */
const FEW_DILATED = 4;

/** What a gradient gathers: from each cell of a pooled map what a rule makes of it, for each cell of the map that is pooled. */
export interface Gathering {
  readonly pooled: FeatureMap;
  readonly map: FeatureMap;
  readonly dtype: Dtype;
  /** Which pooled cells a cell belongs to. */
  readonly axes: Pick<Axes, "shaders" | "words" | "constants"> & {
    /** The most windows that a cell belongs to along each axis, where they are few: what comes from them is written out. */
    readonly around?: Triple;
    /** These windows, where what comes from them to the cells between two windows is written out. */
    readonly blocks?: Windows;
  };
  readonly rule: Pick<Rule, "shaders" | "words" | "constants"> & {
    readonly aliases?: Readonly<Record<string, string>>;
  };
  /** What stands at the bindings of the rule, from 1 on. */
  readonly ranges: readonly Range[];
}

/** The bins of adaptive pooling as what a cell belongs to. */
export function aroundBins(input: FeatureMap, output: FeatureMap): Gathering["axes"] {
  const even = evenBins(input, output);
  return even ? aroundWindows(input, even) : { shaders: [windowsShader, aroundBinsShader], words: [] };
}

/** The windows of pooling as what a cell belongs to. */
export function aroundWindows(map: FeatureMap, windows: Windows): Gathering["axes"] {
  const { kernel, stride, dilation, padBegin, padEnd } = windows;
  const around = windowsAround(windows);
  const dilated = dilation.some((distance) => distance > 1);
  const few = elementCount(around) <= (dilated ? FEW_DILATED : FEW_CELLS);
  return {
    shaders: [windowsShader, stepsShader, aroundWindowsShader],
    words: windowWords(windows),
    constants: {
      LONG: map.size.some((cells, axis) => cells + padBegin[axis]! + padEnd[axis]! >= LONG_AXIS),
      DILATED: dilated,
    },
    ...(few && { around }),
    ...(few && elementCount(stride) <= FEW_CELLS && elementCount(kernel) <= MOST_TERMS && { blocks: windows }),
  };
}

/** The most windows that a cell belongs to along each axis. */
export function windowsAround({ kernel, stride, dilation }: Windows): Triple {
  const most = (axis: 0 | 1 | 2): number => Math.ceil(dilatedExtent(kernel[axis], dilation[axis]) / stride[axis]);
  return [most(0), most(1), most(2)];
}

/** The dispatch of a gathering. */
export function gathering(one: Gathering): Step<string> {
  const { pooled, map, dtype, axes, rule, ranges } = one;
  if (axes.blocks && axes.around) return gatheringOfBlocks(one, axes.blocks, axes.around);
  const to = inLanes(map);
  const lanes = laneParts(map, dtype);
  const runs = runsOf(to);
  const threads = (elementsOf(to) / to.size[2]) * runs;
  const { around } = axes;
  const kernel = around ? gatherFewShader : gatherShader;
  return dispatch({
    shaders: [...lanes.shaders, ...axes.shaders, ...rule.shaders, poolShader, kernel],
    constants: {
      ...mapConstants(map),
      ...axes.constants,
      ...rule.constants,
      ...(around && alongAxes("AROUND", around)),
    },
    aliases: { ...lanes.aliases, ...rule.aliases },
    ranges,
    uniforms: poolWords(inLanes(pooled), to, axes.words, [threads, runs, 1, 0], rule.words),
    threads,
  });
}

/** The dispatch of a gathering in blocks of as many cells as windows move on. */
function gatheringOfBlocks(one: Gathering, windows: Windows, around: Triple): Step<string> {
  const { pooled, map, dtype, axes, rule, ranges } = one;
  const lanes = laneParts(map, dtype);
  const { threads, work, constants } = blocksOf(pooled, map, windows, around);
  return dispatch({
    shaders: [
      ...[...lanes.shaders, ...axes.shaders, ...rule.shaders],
      ...[poolShader, blocksShader, gatherBlocksShader],
    ],
    constants: { ...mapConstants(map), ...axes.constants, ...rule.constants, ...constants },
    aliases: { ...lanes.aliases, ...rule.aliases },
    ranges,
    uniforms: poolWords(inLanes(pooled), inLanes(map), axes.words, work, rule.words),
    threads,
  });
}

/** The work and the constants of shaders/ops/pool/blocks.wgsl. */
export function blocksOf(
  pooled: FeatureMap,
  map: FeatureMap,
  windows: Windows,
  around: Triple,
): Pick<Dispatch, "threads"> & { work: [number, number, number, number]; constants: Record<string, Constant> } {
  const { kernel, stride, padBegin } = windows;
  const firstOf = (axis: 0 | 1 | 2): number => Math.floor(padBegin[axis] / stride[axis]);
  const first: Triple = [firstOf(0), firstOf(1), firstOf(2)];
  const [depth, height, width] = map.size.map(
    (cells, axis) => Math.floor((cells - 1 + padBegin[axis]!) / stride[axis]!) - first[axis]! + 1,
  ) as [number, number, number];
  const planes = map.N * inLanes(map).channels;
  const run = runAlong(height, planes * depth * height * width, elementCount(stride), elementCount(kernel));
  const rows = Math.ceil(height / run);
  const threads = planes * depth * rows * width;
  return {
    threads,
    work: [threads, width, rows, depth],
    constants: {
      ...windowConstants(windows),
      ...alongAxes("AROUND", around),
      ...alongAxes("FIRST", first),
      RUN: run,
      ALL_THERE:
        elementCount(around) === 1 &&
        [depth, rows * run, width].every((blocks, axis) => first[axis] === 0 && blocks <= pooled.size[axis]!),
      EVEN: [depth, rows * run, width].every((blocks, axis) => map.size[axis] === blocks * stride[axis]!),
    },
  };
}

/** A dispatch before a gathering, of one invocation for each pooled element: what its cells have in common of its gradient, as float32. */
export function sharing({ pooled, map, dtype, axes, rule, ranges }: Gathering): Step<string> {
  const lanes = laneParts(map, dtype);
  const to = inLanes(pooled);
  const threads = elementsOf(to);
  return dispatch({
    shaders: [...lanes.shaders, ...axes.shaders, ...rule.shaders, poolShader, shareShader],
    constants: { ...mapConstants(map), ...rule.constants },
    aliases: lanes.aliases,
    ranges,
    uniforms: poolWords(inLanes(map), to, axes.words, [threads, 1, 1, 0], rule.words),
    threads,
  });
}
