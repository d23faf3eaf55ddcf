// direct: the sum by its definition, in register tiles, directly from storage and without workspace. It can compute every problem, so it is the
// last resort.
import directShader from "../../../shaders/algorithms/direct/direct.wgsl";
import storeChannelShader from "../../../shaders/algorithms/direct/store-channel.wgsl";
import storeChannelsShader from "../../../shaders/algorithms/direct/store-channels.wgsl";
import storeOneShader from "../../../shaders/algorithms/direct/store-one.wgsl";
import weightsFourShader from "../../../shaders/algorithms/direct/weights-four.wgsl";
import weightsQuadsShader from "../../../shaders/algorithms/direct/weights-quads.wgsl";
import weightsScalarShader from "../../../shaders/algorithms/direct/weights-scalar.wgsl";
import quadsShader from "../../../shaders/lib/quads.wgsl";
import { roundUp } from "../../base/shape.ts";
import type { Shader } from "../../kernel/shader.ts";
import { BINDING, type Step } from "../../kernel/step.ts";
import type { Correlation } from "../../problem/correlation.ts";
import { type Algorithm, type Candidate, type Kernels, type Variant, candidatesAmong, oneStep } from "../algorithm.ts";
import { CELL_LOADS, OUTPUT_LOADS, SCALAR_LOADS, UNIFORM_LOADS, UNIFORM_WORKGROUP, type Work } from "../cost.ts";
import {
  dispatchOn,
  inputUniforms,
  isMap,
  kernelUniforms,
  loader,
  mapColumns,
  operandBytes,
  outputUniforms,
  paddedInput,
  result,
  weightUniforms,
  windowConstants,
} from "../operands.ts";
import type { DeviceTraits } from "../traits.ts";

export interface DirectTile extends Variant {
  /** Neighbouring outputs of a row in the thread tile. */
  readonly tileQ: number;
  /** Vectors of output channels in the thread tile, of `lanes` channels each. */
  readonly tileV: number;
  readonly lanes: 1 | 4;
  /**
   * Whether the outputs of a thread are neighbours of a column instead: on a GPU neighbouring threads, which compute neighbouring columns, then load
   * neighbouring cells.
   */
  readonly down: boolean;
  /** Whether four threads, which compute different outputs of the same channels, share their loads of weights. */
  readonly quads: boolean;
  /** Whether the weights are bound as uniforms (uniform.ts). */
  readonly uniform?: boolean;
}

/**
 * Most multiply-adds (of vectors) to unroll for one kernel row, and for several rows together, which share nothing but the loop iteration:
 * compile time grows with them. Measured on SwiftShader, three rows of a 3x3 kernel against one, milliseconds of a run and of the
 * first call: 64 to 64 channels at 56 x 56 54 and 974 against 57 and 518, 128 channels in 32 groups at 28 x 28 3.4 and 553 against 3.3 and
 * 280, 64 in 32 groups at 56 x 56 5.9 and 509 against 4.8 and 230.
 */
const MAX_UNROLLED = 512;
// Prepacked weights, which replace four loads by one of a vector, gained nothing there: 36.3 ms against 36.7, 37.1 against 35.3 over
// 128 channels at 28 x 28, 22.1 against 23.4 for 1x1 from 256 to 64.
const MAX_UNROLLED_ROWS = 96;

/**
 * The bound for tiles along a column, which only GPUs get, in lines of the unrolled source: one for each multiply-add and cell of an output, two for
 * a vector of weights. It keeps the source of a kernel below 24 kB, and the cells of a step in registers.
 */
const MAX_LINES = 208;

/** Most outputs of a row in the thread tile on a CPU adapter. */
const MAX_WIDTH = 14;

/** Tile sizes for the outputs of a map, few so that maps of all sizes share kernels; and for the taps of a gradient of weights. */
export const WIDTHS = { map: [14, 8, 4, 1], taps: [14, 8, 7, 5, 4, 3, 2, 1] };

/** Cost of the weights that a tile loads, in equivalent outputs. */
const WEIGHTS_OUTPUTS = 12;

/**
 * A tile of `tileQ` outputs by `tileK` channels, fitted to the groups of a correlation.
 *
 * With weights shared in quads on SwiftShader, 16 channels a thread take 26 ms for 3x3 over 64 channels at 56 x 56, and 8 take 37, as without
 * sharing; 24, 30 and 37 for 7x7 at stride 2 from 3 channels at 224 x 224; 1x1 from 256 to 64 at 56 x 56 takes 19 instead of 27.
 */
export function fittedTile(c: Correlation, shared: boolean, tileQ: number, tileK: number, down = false): DirectTile {
  const groupK = c.K / c.groups;
  // A group smaller than two vectors is computed channel by channel unless it fills a vector: for 192 channels in 32 groups, 3x3 at 28 x 28,
  // 5.3 ms instead of 8.6 on SwiftShader.
  const lanes = groupK % 4 === 0 || groupK > 8 ? 4 : 1;
  const tileV = lanes === 4 ? Math.min(tileK / 4, Math.ceil(groupK / 4)) : Math.min(tileK, groupK);
  const quads = shared && lanes === 4;
  const name = `${down ? "p" : "q"}${tileQ}k${tileV * lanes}${quads ? "-quads" : ""}`;
  return { name, tileQ, tileV, lanes, down, quads };
}

/** The number of neighbouring outputs, of those allowed, that a thread best computes. */
export function bestWidth(c: Correlation, outputs: number, widest: number): number {
  const cost = (tileQ: number): number => Math.ceil(outputs / tileQ) * (tileQ + WEIGHTS_OUTPUTS);
  return WIDTHS[isMap(c) ? "taps" : "map"]
    .filter((one) => one <= widest)
    .reduce((best, one) => (cost(one) < cost(best) ? one : best));
}

/** The tile with the lowest cost for a correlation. */
function bestTile(c: Correlation, shared: boolean): DirectTile {
  const tileQ = bestWidth(c, c.output[2], MAX_WIDTH);
  // Kernel columns share a run of input cells. A kernel of one column shares none and gets twice the channels instead, as do quads that share weights.
  const wide = fittedTile(c, shared, tileQ, 16);
  return wide.quads || tileQ < 7 || c.kernel[2] === 1 ? wide : fittedTile(c, shared, tileQ, 8);
}

/** The snippets that load the weights of a vector and store its sums. */
function weightShaders({ lanes, quads }: DirectTile): Shader[] {
  if (lanes === 1) return [weightsScalarShader, storeChannelShader, storeOneShader];
  return [...(quads ? [quadsShader, weightsQuadsShader] : [weightsFourShader]), storeChannelsShader, storeOneShader];
}

/** The largest divisor of `size` that is at most `most`. */
export function divisorUpTo(size: number, most: number): number {
  for (let divisor = Math.min(size, Math.floor(most)); divisor > 1; divisor--) if (size % divisor === 0) return divisor;
  return 1;
}

/** The size of the fewest even parts of `size`, none larger than `most`; the last one may be smaller. */
function shareUpTo(size: number, most: number): number {
  return Math.ceil(size / Math.ceil(size / Math.max(1, Math.floor(most))));
}

/**
 * How many kernel rows and columns one step of the sum takes, and how it loads the cells of a row: as one run that the columns share, or column
 * by column if they share little.
 */
export function stepConstants(c: Correlation, tile: DirectTile) {
  const stride = c.stride[2];
  const dilation = c.dilation[2];
  const { tileQ, tileV, down } = tile;
  const unrolled = down ? MAX_LINES / (tileQ * (1 + tileV) + 2 * tileV + 1) : MAX_UNROLLED / (tileQ * tileV);
  const most = down ? Math.max(1, Math.floor(unrolled)) : Infinity;
  const columns = isMap(c) ? Math.min(mapColumns(c), most) : (down ? shareUpTo : divisorUpTo)(c.kernel[2], unrolled);
  const stretch = (tileQ - 1) * stride + (columns - 1) * dilation + 1;
  if (stretch > tileQ * columns) {
    return {
      ...{ ROWS: 1, COLUMNS: 1, WHOLE_ROWS: false, COLUMN_TAIL: false },
      ...{ CELL_STEP: stride, CELLS_PER_OUTPUT: 1, CELLS_PER_COLUMN: 1 },
    };
  }
  const together = down ? 1 : MAX_UNROLLED_ROWS / (tileQ * tileV * columns);
  const whole = columns === c.kernel[2] && !isMap(c);
  return {
    ...{
      ROWS: whole ? divisorUpTo(c.kernel[1], together) : 1,
      COLUMNS: columns,
      WHOLE_ROWS: whole,
      COLUMN_TAIL: c.kernel[2] % columns !== 0,
    },
    ...{ CELL_STEP: 1, CELLS_PER_OUTPUT: stride, CELLS_PER_COLUMN: dilation },
  };
}

/** How a tile divides the outputs among threads, and their sums into steps. */
export function cut(c: Correlation, tile: DirectTile) {
  const { N, K, groups, kernel, output } = c;
  const { ROWS, COLUMNS } = stepConstants(c, tile);
  const tilesQ = Math.ceil(output[2] / tile.tileQ);
  const tilesK = Math.ceil(K / groups / (tile.tileV * tile.lanes));
  // Neighbouring threads compute the same channels: whole quads do.
  const places = roundUp(output[0] * output[1] * tilesQ, tile.quads ? 4 : 1);
  const steps = ((c.C / groups) * kernel[0] * kernel[1] * Math.ceil(kernel[2] / COLUMNS)) / ROWS;
  return { tilesQ, tilesK, places, threads: N * groups * tilesK * places, steps };
}

/** Whether a tile reaches past the last channel of a group. */
function reachesPast({ K, groups }: Correlation, { tileV, lanes }: DirectTile): boolean {
  return (K / groups) % (tileV * lanes) !== 0;
}

/** Most outputs of a row in the thread tile of first calls. */
const BRIEF_WIDTH = 4;

/** The tile of first calls, on adapters that compute on the CPU: of one vector of channels, which SwiftShader compiles in a tenth of the time. */
export function briefTile(tile: DirectTile): DirectTile | undefined {
  const { tileQ, tileV, down } = tile;
  if (down || (tileQ <= BRIEF_WIDTH && tileV === 1)) return undefined;
  return { ...tile, tileQ: Math.min(tileQ, BRIEF_WIDTH), tileV: 1 };
}

/** The step of a tile. */
export function directStep(c: Correlation, tile: DirectTile, device: DeviceTraits): Step {
  const smaller = briefTile(tile);
  const step = tileStep(c, tile, device);
  return smaller ? { ...step, brief: tileStep(c, smaller, device) } : step;
}

function tileStep(c: Correlation, tile: DirectTile, { subgroupSize }: DeviceTraits): Step {
  const { C, K, groups } = c;
  const { tilesQ, tilesK, places, steps, threads } = cut(c, tile);
  return dispatchOn([paddedInput(c), loader(c, "w", BINDING.second), result(c)], {
    shaders: [...weightShaders(tile), directShader],
    aliases: {
      V: tile.lanes === 4 ? "vec4f" : "f32",
      LaneOffsets: tile.lanes === 4 && !tile.quads ? "vec4u" : "u32",
    },
    constants: {
      ...stepConstants(c, tile),
      TILE_Q: tile.tileQ,
      TILE_V: tile.tileV,
      LANES: tile.lanes,
      DOWN: tile.down,
      K_TAIL: reachesPast(c, tile),
      ...windowConstants(c),
    },
    uniforms: {
      ...{ steps, tilesQ, places, tilesK, firstTile: 0, tiles: tilesK * groups },
      ...{ groupC: C / groups, groupK: K / groups },
      ...kernelUniforms(c),
      ...inputUniforms(c),
      ...outputUniforms(c),
      ...weightUniforms(c),
    },
    threads,
    subgroupSize,
  });
}

/** The cells and the weights that a thread loads for a kernel row of a step. */
export function loadsOfRow(c: Correlation, tile: DirectTile) {
  const { COLUMNS, CELLS_PER_OUTPUT, CELLS_PER_COLUMN } = stepConstants(c, tile);
  const { tileQ, tileV, lanes, quads, uniform } = tile;
  return {
    cells: (tileQ - 1) * CELLS_PER_OUTPUT + (COLUMNS - 1) * CELLS_PER_COLUMN + 1,
    weights: COLUMNS * tileV * (quads ? 1 : lanes) * (uniform ? UNIFORM_LOADS : 1),
  };
}

/** The work of a tile. */
export function directWork(c: Correlation, tile: DirectTile): Work {
  const { tileQ, tileV, lanes } = tile;
  const { ROWS, COLUMNS, WHOLE_ROWS } = stepConstants(c, tile);
  const { threads, steps } = cut(c, tile);
  const { cells, weights } = loadsOfRow(c, tile);
  const turn = SCALAR_LOADS * ROWS * (cells * (WHOLE_ROWS ? 1 : CELL_LOADS) + weights);
  const sums = threads * tileQ * tileV * lanes;
  return {
    threads,
    ...(tile.uniform && { workgroupSize: UNIFORM_WORKGROUP }),
    multiplyAdds: sums * steps * ROWS * COLUMNS,
    loads: threads * steps * turn + sums * OUTPUT_LOADS,
    bytes: operandBytes(c),
  };
}

/** The candidate of a tile, whose work on a GPU is `more` than what counts on a CPU. */
export function candidate(c: Correlation, tile: DirectTile, device: DeviceTraits, more?: Partial<Work>): Candidate {
  return {
    ...oneStep(tile.name, { ...directWork(c, tile), ...more }, () => directStep(c, tile, device)),
    iterations: cut(c, tile).steps,
  };
}

/** The kernels on tiles of neighbouring outputs of a row, for every adapter. */
export const directRows: Kernels = (c, device, variant) => {
  const tile = bestTile(c, device.quads);
  return variant === undefined || variant === tile.name ? [candidate(c, tile, device)] : [];
};

/** The algorithm with some kinds of kernels. */
export const direct = (...kinds: readonly Kernels[]): Algorithm => ({
  name: "direct",
  candidates: (c, device, variant) => candidatesAmong(kinds, c, device, variant),
});
