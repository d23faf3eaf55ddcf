// Gradients of pooling: steps that compute each cell of dx from the windows or bins that contain it (shaders/ops/shared/pool/). Every cell
// is written by one invocation: nothing is scattered, and no sum depends on an order of execution.
import aroundBinsShader from "../../../shaders/ops/shared/pool/around-bins.wgsl";
import aroundWindowsShader from "../../../shaders/ops/shared/pool/around-windows.wgsl";
import backwardBinsShader from "../../../shaders/ops/shared/pool/backward-bins.wgsl";
import backwardBlocksShader from "../../../shaders/ops/shared/pool/backward-blocks.wgsl";
import backwardUnrolledShader from "../../../shaders/ops/shared/pool/backward-unrolled.wgsl";
import backwardShader from "../../../shaders/ops/shared/pool/backward.wgsl";
import blocksShader from "../../../shaders/ops/shared/pool/blocks.wgsl";
import noteNothingShader from "../../../shaders/ops/shared/pool/note-nothing.wgsl";
import scaleDyShader from "../../../shaders/ops/shared/pool/scale-dy.wgsl";
import stepsShader from "../../../shaders/ops/shared/pool/steps.wgsl";
import windowsShader from "../../../shaders/ops/shared/windows.wgsl";
import { alongAxes } from "../../algorithms/operands.ts";
import { type Dtype, bytesFor } from "../../base/dtype.ts";
import { type Triple, dilatedExtent, eachAxis, elementCount } from "../../base/shape.ts";
import type { Range } from "../../kernel/dispatch.ts";
import type { Shader } from "../../kernel/shader.ts";
import type { Constant, Step } from "../../kernel/step.ts";
import { evenBins, mostCells } from "./geometry/bins.ts";
import { type FeatureMap, elementsOf } from "./geometry/feature-map.ts";
import type { Windows } from "./geometry/windows.ts";
import {
  LONG_AXIS,
  MAX_TERMS,
  MAX_UNROLLED,
  type Regions,
  type Rule,
  type ThreadLayout,
  inLanes,
  isDilated,
  laneType,
  poolStep,
  rowThreadsOf,
  runAlong,
  softwareTile,
  windowConstants,
  windowUniforms,
} from "./pool-kernel.ts";

/**
 * The most windows of a cell that are unrolled if they are dilated (otherwise MAX_UNROLLED): with twelve unrolled, SwiftShader did not
 * return within a minute and a half.
 */
const MAX_UNROLLED_DILATED = 4;

/** The windows or bins that contain a cell. */
export interface CellRegions extends Regions {
  /** The most windows or bins that contain a cell. */
  readonly most: number;
  /** The windows, if they are such. */
  readonly windows?: Windows;
  /** The most windows or bins that contain a cell along each axis, if they are few enough to be unrolled, and the kernel that does so. */
  readonly around?: Triple;
  readonly unrolled?: Shader;
  /** The windows, if the cells between two of them are unrolled as well. */
  readonly blocks?: Windows;
}

/** The gradient of a pooling: its maps, the windows or bins of a cell, and the contribution of each. */
export interface PoolGradient {
  /** The map of the windows or bins, which is read. */
  readonly pooled: FeatureMap;
  /** The map of the cells, which is computed. */
  readonly map: FeatureMap;
  readonly dtype: Dtype;
  readonly regions: CellRegions;
  /** Defines the contribution of a window to a cell. */
  readonly rule: Rule;
  /** The operands of the rule, at the bindings from 1 on. */
  readonly ranges: readonly Range[];
  readonly isSoftware: boolean;
}

/** The bins of adaptive pooling that contain a cell. */
export function aroundBins(input: FeatureMap, output: FeatureMap): CellRegions {
  const even = evenBins(input, output);
  if (even) return aroundWindows(input, even);
  const around = eachAxis((axis) => mostCells(input.size[axis], output.size[axis]));
  const most = elementCount(around);
  return {
    shaders: [windowsShader, aroundBinsShader],
    constants: { DILATED: false },
    uniforms: {},
    most,
    ...(most <= MAX_UNROLLED && { around, unrolled: backwardBinsShader }),
  };
}

/** The windows of pooling that contain a cell. */
export function aroundWindows(map: FeatureMap, windows: Windows): CellRegions {
  const { kernel, stride, padBegin, padEnd } = windows;
  const around = windowsAround(windows);
  const { DILATED } = isDilated(windows);
  const most = elementCount(around);
  const few = most <= (DILATED ? MAX_UNROLLED_DILATED : MAX_UNROLLED);
  return {
    shaders: [windowsShader, stepsShader, aroundWindowsShader],
    uniforms: { windows: windowUniforms(windows) },
    constants: {
      LONG: map.size.some((cells, axis) => cells + padBegin[axis]! + padEnd[axis]! >= LONG_AXIS),
      DILATED,
    },
    ...{ most, windows },
    ...(few && { around, unrolled: backwardUnrolledShader }),
    ...(few && elementCount(stride) <= MAX_UNROLLED && elementCount(kernel) <= MAX_TERMS && { blocks: windows }),
  };
}

/** The most windows that contain a cell along each axis. */
export function windowsAround({ kernel, stride, dilation }: Windows): Triple {
  return eachAxis((axis) => Math.ceil(dilatedExtent(kernel[axis], dilation[axis]) / stride[axis]));
}

/**
 * The step of a gradient: unrolled by blocks of cells, unrolled by cells, or by loops.
 * @param note is called for each window that a block has first; any but the default for all windows
 */
export function poolGradient(
  { pooled, map, dtype, regions, rule, ranges, isSoftware }: PoolGradient,
  note = noteNothingShader,
): Step<string> {
  const { around, blocks } = regions;
  const common = { input: pooled, output: map, dtype, regions, rule, ranges };
  if (blocks && around) {
    const everyWindow = note !== noteNothingShader;
    return poolStep({
      ...common,
      shaders: [blocksShader, note, backwardBlocksShader],
      ...blocksOf({ pooled, map, windows: blocks, around, everyWindow, isSoftware }),
    });
  }
  const { threads, rowThreads } = rowThreadsOf(inLanes(map));
  return poolStep({
    ...common,
    shaders: [regions.unrolled ?? backwardShader],
    constants: around ? alongAxes("AROUND_", around) : {},
    ...{ threads, threadLayout: { rowThreads } },
  });
}

interface CellBlocks {
  readonly pooled: FeatureMap;
  readonly map: FeatureMap;
  readonly windows: Windows;
  readonly around: Triple;
  /** Whether windows of padding alone have blocks too. */
  readonly everyWindow?: boolean;
  readonly isSoftware: boolean;
}

/** The threads, their layout and the constants of shaders/ops/shared/pool/blocks.wgsl. */
export function blocksOf({ pooled, map, windows, around, everyWindow = false, isSoftware }: CellBlocks): {
  threads: number;
  threadLayout: ThreadLayout;
  constants: Record<string, Constant>;
} {
  const { kernel, stride, padBegin } = windows;
  const first = eachAxis((axis) => Math.min(Math.floor(padBegin[axis] / stride[axis]), everyWindow ? 0 : Infinity));
  const blocks = eachAxis((axis) => {
    const last = Math.floor((map.size[axis] - 1 + padBegin[axis]) / stride[axis]);
    return Math.max(last + 1, everyWindow ? pooled.size[axis] : 0) - first[axis];
  });
  const [blocksD, height, width] = blocks;
  const planes = map.N * inLanes(map).channels;
  const all = planes * elementCount(blocks);
  const [results, terms] = [elementCount(stride), elementCount(kernel)];
  const [runH, runW] = isSoftware
    ? softwareTile({
        ...{ height, width, all, results, terms },
        loads: (rows, columns) => around[0] * (around[1] + rows - 1) * (around[2] + columns - 1),
      })
    : [runAlong(height, all, results, terms), 1];
  const [blocksH, blocksW] = [Math.ceil(height / runH), Math.ceil(width / runW)];
  const computed = [blocksD, blocksH * runH, blocksW * runW];
  return {
    threads: planes * blocksD * blocksH * blocksW,
    threadLayout: { blocksD, blocksH, blocksW },
    constants: {
      ...windowConstants(windows),
      ...alongAxes("AROUND_", around),
      ...alongAxes(
        "FIRST_",
        eachAxis((axis) => first[axis] >>> 0),
      ),
      ...{ RUN_H: runH, RUN_W: runW },
      // Every block lies in one window, which exists.
      ALL_INSIDE:
        elementCount(around) === 1 && computed.every((count, axis) => first[axis] === 0 && count <= pooled.size[axis]!),
      // The blocks cover the map exactly.
      EVEN: computed.every((count, axis) => map.size[axis] === count * stride[axis]!),
    },
  };
}

/** The scaled gradients of a pooled map at the start of the workspace. */
export function scaledRange(pooled: FeatureMap, dtype: Dtype = "f32"): Range {
  return { operand: "workspace", offset: 0, size: bytesFor(elementsOf(pooled), dtype) };
}

/** The step that multiplies dy by the factor common to all cells of a window, before a gradient: one invocation for each output. */
export function scaleDy({
  pooled,
  map,
  dtype,
  regions,
  rule,
  ranges,
  scaledDtype = "f32",
}: Omit<PoolGradient, "regions" | "isSoftware"> & { regions: Regions; scaledDtype?: Dtype }): Step<string> {
  const threads = elementsOf(inLanes(pooled));
  return poolStep({
    ...{ input: map, output: pooled, dtype, regions, rule, ranges, threads },
    shaders: [scaleDyShader],
    aliases: { S: laneType(map, scaledDtype) },
  });
}
