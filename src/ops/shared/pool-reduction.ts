// Reductions of pooling: steps that compute each output from the cells of a window or a bin (shaders/ops/shared/pool/).
import combineShader from "../../../shaders/ops/shared/pool/combine.wgsl";
import overBinsShader from "../../../shaders/ops/shared/pool/over-bins.wgsl";
import overWindowsShader from "../../../shaders/ops/shared/pool/over-windows.wgsl";
import reduceBinsShader from "../../../shaders/ops/shared/pool/reduce-bins.wgsl";
import reducePlaneShader from "../../../shaders/ops/shared/pool/reduce-plane.wgsl";
import reduceUnrolledShader from "../../../shaders/ops/shared/pool/reduce-unrolled.wgsl";
import reduceShader from "../../../shaders/ops/shared/pool/reduce.wgsl";
import windowRegionsShader from "../../../shaders/ops/shared/pool/window-regions.wgsl";
import windowsShader from "../../../shaders/ops/shared/windows.wgsl";
import { alongAxes } from "../../algorithms/operands.ts";
import { type Dtype, bytesFor } from "../../base/dtype.ts";
import { type Triple, dilatedExtent, eachAxis, elementCount } from "../../base/shape.ts";
import type { Recipe } from "../../gpu/operation.ts";
import type { Range } from "../../kernel/dispatch.ts";
import type { Shader } from "../../kernel/shader.ts";
import type { Constant, Step } from "../../kernel/step.ts";
import { areAlike, evenBins, mostCells } from "./geometry/bins.ts";
import { type FeatureMap, elementsOf } from "./geometry/feature-map.ts";
import type { Windows } from "./geometry/windows.ts";
import {
  MAX_UNROLLED,
  type PoolStep,
  type Regions,
  type Rule,
  inLanes,
  isDilated,
  laneType,
  lanesOf,
  poolStep,
  rowThreadsOf,
  runAlong,
  windowTiles,
  windowUniforms,
} from "./pool-kernel.ts";
import { runningReduction } from "./pool-running.ts";

/** The cells of each output. */
export interface OutputRegions extends Regions {
  /** The most cells of an output, in all and along each axis. */
  readonly cells: number;
  readonly extent: Triple;
  /** The windows, if they are such. */
  readonly windows?: Windows;
  /** Whether all outputs have that many cells. */
  readonly equal: boolean;
  /** Whether windows have so few cells that they are unrolled. */
  readonly unrolled?: boolean;
  /** Whether bins have so few cells that they are unrolled. */
  readonly unrolledBins?: boolean;
}

/** A rule that reduces cells to a result. */
export interface ReductionRule extends Rule {
  /** Numbers of the state that passes from the first dispatch to the second. */
  readonly stateSize: number;
  /** Whether the result of a window is that of its rows and their results, whichever window it is. */
  readonly separable?: boolean;
}

/** A pooling: its maps, the cells of an output, and the rule that reduces them. */
export interface Reduction {
  readonly input: FeatureMap;
  readonly output: FeatureMap;
  readonly dtype: Dtype;
  readonly regions: OutputRegions;
  readonly rule: ReductionRule;
  readonly x: Range;
  /** The results that the rule stores, at the bindings from 2 on. */
  readonly results: readonly Range[];
  /** The element type R of the results, by default the element type of x. */
  readonly resultDtype?: Dtype;
  /** The offset of the partial results in the workspace, 0 by default. */
  readonly workspaceOffset?: number;
  readonly isSoftware: boolean;
}

/** The binding of the partial results. */
const PARTIALS_BINDING = 4;

/** The most cells of a window that are unrolled: on SwiftShader the loop takes twice as long a cell. */
const MAX_UNROLLED_WINDOW = 25;

/** Above MANY_CELLS several invocations split the cells of an output, and store at most MAX_PARTIALS numbers. */
const MANY_CELLS = 128;

/** Neighbouring cells that shaders/ops/shared/pool/reduce.wgsl takes at once: the first that divides the width of all windows, or else PARTIAL_STEP. */
const STEPS = [8, 7, 6, 5, 4, 3, 2, 1];
const PARTIAL_STEP = 4;

/** On a software adapter, as many outputs that are whole maps are not split. */
const MANY_MAPS = 256;

const MAX_PARTIALS = 2 ** 22;

/** The windows of pooling as the regions of outputs. */
export function overWindows(input: FeatureMap, windows: Windows): OutputRegions {
  const { kernel, stride, dilation, padBegin, output } = windows;
  const cells = elementCount(kernel);
  const clipped = kernel.some(
    (taps, axis) =>
      padBegin[axis]! > 0 ||
      (output[axis]! - 1) * stride[axis]! + dilatedExtent(taps, dilation[axis]!) > input.size[axis]! + padBegin[axis]!,
  );
  return {
    shaders: [windowsShader, windowRegionsShader, overWindowsShader],
    constants: isDilated(windows),
    uniforms: { windows: windowUniforms(windows) },
    ...{ cells, windows, extent: kernel },
    equal: !clipped,
    unrolled: cells <= MAX_UNROLLED_WINDOW,
  };
}

/** The bins of adaptive pooling as the regions of outputs. */
export function overBins(input: FeatureMap, output: FeatureMap): OutputRegions {
  const even = evenBins(input, output);
  if (even) return overWindows(input, even);
  const extent = eachAxis((axis) => mostCells(output.size[axis], input.size[axis]));
  const cells = elementCount(extent);
  return {
    shaders: [windowsShader, overBinsShader],
    constants: { DILATED: false },
    uniforms: {},
    ...{ cells, extent, unrolledBins: cells <= MAX_UNROLLED },
    equal: input.size.every((size, axis) => areAlike(output.size[axis]!, size)),
  };
}

/**
 * Invocations that split the cells of an output: the square root of the cells if there are many, unless the states (`numbers` for one
 * split) would be too large.
 */
function splitsOf(cells: number, numbers: number): number {
  const wanted = cells > MANY_CELLS ? Math.ceil(Math.sqrt(cells)) : 1;
  return numbers * wanted <= MAX_PARTIALS ? wanted : 1;
}

/** Whether the map has one window, which covers it. */
function isPlane({ size }: FeatureMap, { kernel, padBegin, output }: Windows): boolean {
  return elementCount(output) === 1 && kernel.every((taps, axis) => taps === size[axis] && padBegin[axis] === 0);
}

/** A map in one row, whose cells lie where they did, and the window that covers it. */
function inOneRow(map: FeatureMap): { input: FeatureMap; regions: OutputRegions } {
  const row: Triple = [1, 1, elementCount(map.size)];
  const [one, none]: [Triple, Triple] = [
    [1, 1, 1],
    [0, 0, 0],
  ];
  const input = { ...map, size: row };
  const windows = { kernel: row, stride: row, dilation: one, padBegin: none, padEnd: none, output: one };
  return { input, regions: overWindows(input, windows) };
}

/**
 * The steps of a reduction: one, or for outputs of many cells two, the first of which reduces about the square root of the cells at a time.
 * The error of such blocked summation grows with that root (Higham, Accuracy and Stability of Numerical Algorithms, section 4.2).
 */
export function reduction({ output, dtype, rule, x, results, isSoftware, ...rest }: Reduction): Recipe {
  const { resultDtype = dtype, workspaceOffset = 0 } = rest;
  const plane = rest.regions.windows !== undefined && isPlane(rest.input, rest.regions.windows);
  const { input, regions } = plane ? inOneRow(rest.input) : rest;
  const { windows } = regions;
  const aliases = { R: laneType(input, resultDtype) };
  const stored = results.map((range, at) => ({ ...range, binding: at + 2 }));
  const running =
    windows &&
    rule.separable &&
    runningReduction({
      ...{ input, output, dtype, windows, rule, aliases, workspaceOffset, from: x, others: stored },
      stateSize: rule.stateSize,
    });
  if (running) return running;
  const vectors = inLanes(output);
  const outputs = elementsOf(vectors);
  const wanted = splitsOf(regions.cells, outputs * rule.stateSize);
  const alone = plane && isSoftware && wanted > 1 && outputs >= MANY_MAPS;
  const splits = alone ? 1 : wanted;
  const partials = outputs * splits;
  const common = { input, output, dtype, regions, rule, aliases };
  const step = (shader: Shader, finish: string, threads: number, rowThreads: number, ranges: Range[]): Step<string> =>
    poolStep({
      ...{ ...common, ranges, threads },
      shaders: [shader],
      constants: {
        ...(shader === reduceShader && { ...groupsOf(regions), SPLIT: splits > 1 }),
        ALONE: alone,
      },
      functions: { finish },
      threadLayout: { rowThreads, splits, partials },
    });
  if (splits === 1) {
    const ranges = [x, ...stored];
    if (windows && regions.unrolled)
      return { steps: [poolStep({ ...common, ...unrolled(vectors, windows, !regions.equal, isSoftware), ranges })] };
    if (regions.unrolledBins) return { steps: [poolStep({ ...common, ...unrolledBins(vectors, regions), ranges })] };
    if (alone) return { steps: [step(reducePlaneShader, "store", outputs, 1, ranges)] };
    const { threads, rowThreads } = rowThreadsOf(vectors);
    return { steps: [step(reduceShader, "store", threads, rowThreads, ranges)] };
  }
  const size = bytesFor(partials * rule.stateSize * lanesOf(input), "f32");
  const state = { operand: "workspace", offset: workspaceOffset, size, binding: PARTIALS_BINDING };
  const width = vectors.size[2];
  return {
    steps: [
      step(plane ? reducePlaneShader : reduceShader, "store_partial", partials, width, [x, state]),
      step(combineShader, "store", outputs, width, [...stored, state]),
    ],
    workspaceBytes: workspaceOffset + size,
  };
}

/** The groups of cells of shaders/ops/shared/pool/reduce.wgsl. */
function groupsOf({ equal, extent: [depth, height, width] }: OutputRegions): Record<string, Constant> {
  const whole = STEPS.find((count) => width % count === 0)!;
  const PARTIAL = width > 1 && (!equal || whole === 1);
  return { STEP: PARTIAL ? Math.min(width, PARTIAL_STEP) : whole, PARTIAL, ONE_ROW: depth * height === 1 };
}

/** The kernel that unrolls bins, in runs along the height. */
function unrolledBins(output: FeatureMap, { extent, cells, equal }: OutputRegions): UnrolledStep {
  const height = output.size[1];
  const run = runAlong(height, elementsOf(output), 1, cells);
  const blocksH = Math.ceil(height / run);
  return {
    shaders: [reduceBinsShader],
    constants: { ...alongAxes("KERNEL_", extent), EQUAL: equal, RUN: run, EVEN: height % run === 0 },
    functions: { finish: "store" },
    threads: (elementsOf(output) / height) * blocksH,
    threadLayout: { blocksH },
  };
}

type UnrolledStep = Pick<PoolStep, "shaders" | "constants" | "functions" | "threads" | "threadLayout">;

/** The kernel that unrolls windows, in tiles. */
function unrolled(output: FeatureMap, windows: Windows, clipped: boolean, isSoftware: boolean): UnrolledStep {
  const { kernel, stride } = windows;
  // Windows that overlap by less than half share few loads, and long kernels compile slowly: half as many of these.
  const terms = elementCount(kernel) * (2 * stride[1] <= kernel[1] ? 1 : 2);
  const { constants, ...threads } = windowTiles(output, windows, isSoftware, terms);
  return {
    shaders: [reduceUnrolledShader],
    constants: {
      ...alongAxes("KERNEL_", kernel),
      ...constants,
      CLIPPED: clipped,
      STEP_H: stride[1],
      STEP_W: stride[2],
    },
    functions: { finish: "store" },
    ...threads,
  };
}
