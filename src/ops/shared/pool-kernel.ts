// The step of every pooling kernel (shaders/ops/shared/pool/pool.wgsl), in these terms:
//
//   cell     a spatial position of a map, in all its channels
//   region   the cells that an output is computed from: a window, a bin, or the outputs that a cell of an upsampled map contributes to
//   rule     the computation over these cells: a maximum, a mean, ...
//   lanes    neighbouring channels that an invocation computes at once, the vector V
import featureMapShader from "../../../shaders/lib/feature-map.wgsl";
import fourLanesShader from "../../../shaders/ops/shared/pool/four-lanes.wgsl";
import numbersShader from "../../../shaders/ops/shared/pool/numbers.wgsl";
import oneLaneShader from "../../../shaders/ops/shared/pool/one-lane.wgsl";
import poolShader from "../../../shaders/ops/shared/pool/pool.wgsl";
import { alongAxes } from "../../algorithms/operands.ts";
import type { Dtype, TensorDtype } from "../../base/dtype.ts";
import { type Triple, elementCount } from "../../base/shape.ts";
import { type Range, dispatch } from "../../kernel/dispatch.ts";
import { elementTypes } from "../../kernel/element-types.ts";
import type { Shader } from "../../kernel/shader.ts";
import type { Constant, Step } from "../../kernel/step.ts";
import type { Uniforms } from "../../kernel/uniforms.ts";
import { mapConstants, mapUniforms } from "./feature-map.ts";
import { type FeatureMap, elementsOf } from "./geometry/feature-map.ts";
import type { Windows } from "./geometry/windows.ts";

/** Snippets with their constants and uniforms. */
interface Snippets {
  readonly shaders: readonly Shader[];
  readonly uniforms: Uniforms;
  readonly constants?: Readonly<Record<string, Constant>>;
}

/** Snippets that find the cells of an output or the outputs of a cell, and define the struct Regions. */
export type Regions = Snippets;

/** Snippets that define the computation over the cells, and the struct Rule. */
export interface Rule extends Snippets {
  readonly aliases?: Readonly<Record<string, string>>;
}

/** How the invocations of a kernel divide its outputs: fields of the struct Pool of pool.wgsl. */
export interface ThreadLayout {
  readonly rowThreads?: number;
  readonly splits?: number;
  readonly partials?: number;
  readonly blocksD?: number;
  readonly blocksH?: number;
  readonly blocksW?: number;
}

/** The maps, snippets and threads of a pooling step. */
export interface PoolStep {
  /** The map that is read. */
  readonly input: FeatureMap;
  /** The map that is computed. */
  readonly output: FeatureMap;
  /** The element type of the tensors, E in vectors V. */
  readonly dtype: Dtype;
  /** The channels of a vector V, as many as the map allows by default. */
  readonly lanes?: 1;
  readonly regions: Regions;
  readonly rule: Rule;
  /** The file of the kernel, after the snippets that no other kernel needs. */
  readonly shaders: readonly Shader[];
  readonly constants?: Readonly<Record<string, Constant>>;
  readonly aliases?: Readonly<Record<string, string>>;
  readonly functions?: Readonly<Record<string, string>>;
  readonly readWrite?: readonly number[];
  readonly ranges: readonly (Range | undefined)[];
  readonly threads: number;
  /** One output for each invocation by default. */
  readonly threadLayout?: ThreadLayout;
}

const ONE_OUTPUT_EACH: Required<ThreadLayout> = {
  rowThreads: 1,
  splits: 1,
  partials: 0,
  blocksD: 1,
  blocksH: 1,
  blocksW: 1,
};

/** The step of a pooling kernel. */
export function poolStep({
  input,
  output,
  dtype,
  regions,
  rule,
  shaders,
  threadLayout,
  ...rest
}: PoolStep): Step<string> {
  const { lanes = lanesOf(input), constants, aliases, ...others } = rest;
  const four = lanes === 4;
  return dispatch({
    ...others,
    shaders: [
      ...[featureMapShader, four ? fourLanesShader : oneLaneShader, numbersShader],
      ...[...regions.shaders, ...rule.shaders, poolShader, ...shaders],
    ],
    constants: { ...mapConstants(input), ...regions.constants, ...rule.constants, ...constants },
    aliases: { E: elementTypes(dtype)[four ? "four" : "one"], ...rule.aliases, ...aliases },
    uniforms: {
      input: mapUniforms(inLanes(input, lanes)),
      output: mapUniforms(inLanes(output, lanes)),
      ...ONE_OUTPUT_EACH,
      ...threadLayout,
      regions: regions.uniforms,
      rule: rule.uniforms,
    },
  });
}

/** Channels of a map in a vector V. */
export function lanesOf({ layout, channels }: FeatureMap): 1 | 4 {
  return layout === "channels-last" && channels % 4 === 0 ? 4 : 1;
}

/** The WGSL type of the elements of a map in storage, in vectors V. */
export function laneType(map: FeatureMap, dtype: TensorDtype): string {
  return elementTypes(dtype)[lanesOf(map) === 4 ? "four" : "one"];
}

/** A map whose channels are counted in vectors V. */
export function inLanes(map: FeatureMap, lanes = lanesOf(map)): FeatureMap {
  return { ...map, channels: map.channels / lanes };
}

/** Below this many invocations a GPU is not busy, and each computes one output. */
export const FEW_THREADS = 16_384;

/** Outputs of a row that an invocation computes: the arithmetic common to them is done once. */
const OUTPUTS_PER_THREAD = 4;

/** Invocations for each row of a map in V, and for all rows. */
export function rowThreadsOf({ N, channels, size: [depth, height, width] }: FeatureMap): {
  rowThreads: number;
  threads: number;
} {
  const rows = N * channels * depth * height;
  const rowThreads = rows * width < FEW_THREADS ? width : Math.ceil(width / OUTPUTS_PER_THREAD);
  return { rowThreads, threads: rows * rowThreads };
}

/** The most results that an invocation computes, and the most terms that are unrolled for all of them. */
const MAX_RESULTS = 8;
export const MAX_TERMS = 40;

/**
 * Results along the height (which has `height`) that an invocation computes from the same loads: up to four, if a GPU stays busy, results and
 * terms are not too many, and few are computed beyond the last row. Neighbouring invocations are neighbours along the width, as in memory.
 */
export function runAlong(height: number, all: number, results: number, terms: number): number {
  if (all < FEW_THREADS) return 1;
  const most = Math.min(height, MAX_RESULTS / results, MAX_TERMS / terms);
  return [4, 3, 2].find((run) => run <= most && Math.ceil(height / run) * run <= 1.2 * height) ?? 1;
}

/** Blocks of results over a map. */
interface Blocks {
  /** Blocks along the height and the width, and of all planes. */
  readonly height: number;
  readonly width: number;
  readonly all: number;
  /** The results of a block, and the terms of all of them. */
  readonly results: number;
  readonly terms: number;
  /** The numbers that so many rows and columns of blocks load. */
  readonly loads: (rows: number, columns: number) => number;
}

/** The most results, loads and stores, and terms of a tile on software adapters: each is unrolled, and takes time to compile. */
const MAX_TILE = 16;
const MAX_ACCESSES = 48;
const MAX_TILE_TERMS = 110;

/** What starting an invocation takes on software adapters, in loads. */
const START = 8;

/**
 * Rows and columns of blocks that an invocation computes on software adapters, where loads and stores cost alike, wherever they lie: those for
 * which all invocations together take the fewest.
 */
export function softwareTile({ height, width, all, results, terms, loads }: Blocks): [rows: number, columns: number] {
  let best: [number, number] = [1, 1];
  let least = Infinity;
  const most = all < FEW_THREADS ? 1 : MAX_TILE;
  for (let rows = 1; rows <= most; rows++)
    for (let columns = 1; rows * columns <= most; columns++) {
      const blocks = rows * columns;
      const accesses = loads(rows, columns) + blocks * results;
      if (blocks > 1 && (blocks * results > MAX_TILE || accesses > MAX_ACCESSES || blocks * terms > MAX_TILE_TERMS))
        break;
      const cost = (START + accesses) * Math.ceil(height / rows) * Math.ceil(width / columns);
      if (cost < least) [best, least] = [[rows, columns], cost];
    }
  return best;
}

/**
 * The threads and constants of a kernel that computes tiles of windows from cells that it loads once.
 * @param output counts its channels in vectors
 * @param terms of a window on a GPU, where tiles have one column: neighbouring invocations are neighbours along the width
 */
export function windowTiles(
  output: FeatureMap,
  { kernel, stride, dilation }: Windows,
  isSoftware: boolean,
  terms = elementCount(kernel),
): Required<Pick<PoolStep, "constants" | "threads" | "threadLayout">> {
  const [, height, width] = output.size;
  const all = elementsOf(output);
  const gapless = ([1, 2] as const).map((axis) => dilation[axis] === 1 && stride[axis] <= kernel[axis]);
  // Windows apart from each other share no loads.
  const spanned = (count: number, axis: 1 | 2): number =>
    count === 1 || gapless[axis - 1] ? (count - 1) * stride[axis] + kernel[axis] : Infinity;
  const loads = (rows: number, columns: number): number => kernel[0] * spanned(rows, 1) * spanned(columns, 2);
  const [RUN_H, RUN_W] = isSoftware
    ? softwareTile({ height, width, all, results: 1, terms: elementCount(kernel), loads })
    : [gapless[0] ? runAlong(height, all, 1, terms) : 1, 1];
  const [blocksH, blocksW] = [Math.ceil(height / RUN_H), Math.ceil(width / RUN_W)];
  return {
    constants: { RUN_H, RUN_W, EVEN: height % RUN_H === 0 && width % RUN_W === 0 },
    threads: (all / height / width) * blocksH * blocksW,
    threadLayout: { blocksH, blocksW },
  };
}

/** The most cells of a window, or windows of a cell, that are unrolled. Each size is a kernel of its own, and large ones compile slowly. */
export const MAX_UNROLLED = 16;

/** Cells along an axis below which shaders may divide in float32 (shaders/ops/shared/pool/steps.wgsl). */
export const LONG_AXIS = 2 ** 20;

/** The uniforms of the struct Windows of shaders/ops/shared/windows.wgsl. */
export function windowUniforms({ kernel, stride, dilation, padBegin, padEnd }: Windows): Uniforms {
  // Negative padding wraps, as all arithmetic of the shaders does.
  const wrapped = ([d, h, w]: Triple): Triple => [d >>> 0, h >>> 0, w >>> 0];
  return {
    ...alongAxes("kernel", kernel),
    ...alongAxes("stride", stride),
    ...alongAxes("dilation", dilation),
    ...alongAxes("begin", wrapped(padBegin)),
    ...alongAxes("end", wrapped(padEnd)),
  };
}

/** Whether cells of windows lie apart: a constant of shaders/ops/shared/windows.wgsl. */
export function isDilated({ dilation }: Windows): { readonly DILATED: boolean } {
  return { DILATED: dilation.some((distance) => distance > 1) };
}

/** The sizes of windows as constants. */
export function windowConstants({ kernel, stride, dilation }: Windows): Readonly<Record<string, number>> {
  return { ...alongAxes("KERNEL_", kernel), ...alongAxes("STRIDE_", stride), ...alongAxes("DILATION_", dilation) };
}
