// depthwise: the direct sum for groups of one input channel and any number of output channels. Tiles of outputs, along rows and columns, share
// the input cells they load. Needs no workspace.
import depthwiseOneStepShader from "../../shaders/algorithms/depthwise-one-step.wgsl";
import depthwiseStepsShader from "../../shaders/algorithms/depthwise-steps.wgsl";
import depthwiseShader from "../../shaders/algorithms/depthwise.wgsl";
import { greatestCommonDivisor } from "../base/arithmetic.ts";
import { dispatch } from "../kernel/dispatch.ts";
import { BINDING, type Step } from "../kernel/step.ts";
import type { Correlation } from "../problem/correlation.ts";
import { multiplyAdds } from "../problem/problem.ts";
import { type Algorithm, type Variant, oneStep, selectVariants } from "./algorithm.ts";
import { type Work, estimate, numberBytes } from "./cost.ts";
import {
  inputUniforms,
  join,
  loader,
  outputUniforms,
  paddedInput,
  result,
  weightUniforms,
  windowConstants,
} from "./operands.ts";
import type { DeviceTraits } from "./traits.ts";

export interface DepthwiseTile extends Variant {
  /** The thread tile: outputs along a column, outputs along a row, and output channels of a group. */
  readonly tileP: number;
  readonly tileQ: number;
  readonly tileM: number;
  /** Kernel rows and columns in one step of the sum. `rows` divides the kernel's; the last chunk of columns may be short. */
  readonly rows: number;
  readonly columns: number;
}

/**
 * How the outputs of a tile share cells along an axis. Two outputs share cells if the distance between the starts of their windows is a multiple
 * of the dilation. Such outputs are `outputStep` apart, and their windows start `shift` dilations apart.
 */
function sharing(c: Correlation, axis: number): { outputStep: number; shift: number } {
  const [stride, dilation] = [c.stride[axis]!, c.dilation[axis]!];
  const common = greatestCommonDivisor(stride, dilation);
  return { outputStep: dilation / common, shift: stride / common };
}

/** Tiles along an axis: one set for each residue of the output step. */
function tilesAlong(outputs: number, tile: number, outputStep: number): number {
  return Math.ceil(outputs / (tile * outputStep)) * outputStep;
}

/** How a tile divides the outputs among threads, and their sums into steps. */
function cut(c: Correlation, tile: DepthwiseTile) {
  const { kernel, output, N, groups } = c;
  const p = sharing(c, 1);
  const q = sharing(c, 2);
  // Outputs that share no cell load their own.
  const perP = Math.min(p.shift, tile.rows);
  const perQ = Math.min(q.shift, tile.columns);
  const tilesP = tilesAlong(output[1], tile.tileP, p.outputStep);
  const tilesQ = tilesAlong(output[2], tile.tileQ, q.outputStep);
  const tilesM = Math.ceil(c.K / groups / tile.tileM);
  const columnSteps = Math.ceil(kernel[2] / tile.columns);
  const channelTiles = groups * tilesM;
  return {
    ...{ p, q, perP, perQ, tilesP, tilesQ, tilesM, channelTiles },
    cellRows: (tile.tileP - 1) * perP + tile.rows,
    cellColumns: (tile.tileQ - 1) * perQ + tile.columns,
    columnTail: columnSteps * tile.columns - kernel[2],
    steps: (c.C / groups) * kernel[0] * (kernel[1] / tile.rows) * columnSteps,
    threads: N * channelTiles * output[0] * tilesP * tilesQ,
  };
}

/**
 * Cost of carrying a sum through a loop, in equivalent loads: on SwiftShader a loop of one iteration around a tile of 56 sums took 7 ms instead
 * of 4.
 */
const LOOP_LOADS = 3;

function depthwiseWork(c: Correlation, tile: DepthwiseTile): Work {
  const { tileP, tileQ, tileM, rows, columns } = tile;
  const shape = cut(c, tile);
  const outputs = tileP * tileQ * tileM;
  // Column addresses are computed once if a step covers the width of the kernel, otherwise again in each step.
  const cell = columns === c.kernel[2] ? 1.2 : 1.5;
  const loop = shape.steps > 1 ? LOOP_LOADS * outputs : 0;
  const step = cell * shape.cellRows * shape.cellColumns + rows * columns * tileM;
  return {
    threads: shape.threads,
    multiplyAdds: shape.threads * shape.steps * outputs * rows * (columns + shape.columnTail),
    loads: shape.threads * (shape.steps * step + loop + 0.5 * shape.cellColumns + outputs),
    bytes: numberBytes(...Object.values(c.sizes)),
  };
}

/**
 * Most multiply-adds to unroll. On SwiftShader a 3x3 kernel over 144 channels at 56 x 56 takes 4.9 ms with 4 x 7 outputs a
 * thread (252 multiply-adds), 4.0 with 7 x 8 (504), but the first calls take 0.46 s and 0.93 s: only large problems repay that.
 */
const MAX_UNROLLED = { small: 288, large: 640 };
const LARGE = 5e7;

/** Most sums that a thread holds: limited by the registers of a GPU, which also needs many threads, or by the stack of a CPU. */
const MAX_SUMS = { hardware: 16, software: 112 };

const TILES = [1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 28];

/** Chunk sizes of 1 to 32 that divide a number of rows or columns evenly, or with a last chunk that is one short. */
function chunkSizes(size: number): number[] {
  return Array.from({ length: Math.min(size, 32) }, (_, at) => at + 1).filter(
    (chunk) => size % chunk === 0 || (size + 1) % chunk === 0,
  );
}

function namedTile(c: Correlation, tile: Omit<DepthwiseTile, "name">): DepthwiseTile {
  const { tileP, tileQ, tileM, rows, columns } = tile;
  const chunk = rows * columns === c.kernel[1] * c.kernel[2] ? "" : `r${rows}s${columns}`;
  return { name: `p${tileP}q${tileQ}${tileM > 1 ? `m${tileM}` : ""}${chunk}`, ...tile };
}

/** Every tile within the limits. A step takes several kernel rows only if it takes all kernel columns. */
function possibleTiles(c: Correlation, device: DeviceTraits): DepthwiseTile[] {
  const [, R, S] = c.kernel;
  const most = multiplyAdds(c) < LARGE ? MAX_UNROLLED.small : MAX_UNROLLED.large;
  const mostSums = device.software ? MAX_SUMS.software : MAX_SUMS.hardware;
  const sizes = (outputs: number): number[] => TILES.filter((tile) => tile <= outputs);
  const found: DepthwiseTile[] = [];
  for (const columns of chunkSizes(S)) {
    for (const rows of columns === S ? chunkSizes(R).filter((chunk) => R % chunk === 0) : [1]) {
      for (const tileM of sizes(Math.min(8, c.K / c.groups))) {
        for (const tileP of sizes(c.output[1])) {
          for (const tileQ of sizes(c.output[2])) {
            const sums = tileP * tileQ * tileM;
            if (sums <= mostSums && sums * rows * columns <= most)
              found.push(namedTile(c, { tileP, tileQ, tileM, rows, columns }));
          }
        }
      }
    }
  }
  return found;
}

/** The tile with the shortest estimated time on a device. */
function bestTile(c: Correlation, device: DeviceTraits): DepthwiseTile {
  const all = possibleTiles(c, device).map((tile) => ({
    tile,
    seconds: estimate([depthwiseWork(c, tile)], device.rates),
  }));
  return all.reduce((best, one) => (one.seconds < best.seconds ? one : best)).tile;
}

function depthwiseStep(c: Correlation, tile: DepthwiseTile): Step {
  const { K, groups, output } = c;
  const operands = join(paddedInput(c), loader(c, "w", BINDING.second), result(c));
  const { p, q, perP, perQ, tilesP, tilesQ, tilesM, channelTiles, columnTail, steps, threads } = cut(c, tile);
  return dispatch({
    shaders: [...operands.shaders, steps === 1 ? depthwiseOneStepShader : depthwiseStepsShader, depthwiseShader],
    aliases: operands.aliases,
    constants: {
      ...operands.constants,
      TILE_P: tile.tileP,
      TILE_Q: tile.tileQ,
      TILE_M: tile.tileM,
      ROWS: tile.rows,
      COLUMNS: tile.columns,
      COLUMN_TAIL: columnTail,
      OUT_STEP_P: p.outputStep,
      OUT_STEP_Q: q.outputStep,
      SHIFT_P: p.shift,
      SHIFT_Q: q.shift,
      PER_P: perP,
      PER_Q: perQ,
      P_TAIL: output[1] % (tile.tileP * p.outputStep) !== 0,
      Q_TAIL: output[2] % (tile.tileQ * q.outputStep) !== 0,
      M_TAIL: (K / groups) % tile.tileM !== 0,
      ...windowConstants(c),
    },
    ranges: operands.bindings,
    uniforms: {
      ...{ steps, tilesP, tilesQ, channelTiles, tilesM, multiplier: K / groups },
      ...inputUniforms(c),
      ...outputUniforms(c),
      ...weightUniforms(c),
    },
    threads,
  });
}

export const depthwise: Algorithm = {
  name: "depthwise",

  candidates(c, device, variant) {
    if (!c.depthwise) return { reason: "the groups have several input channels each, and this takes groups of one" };
    const tiles =
      variant === undefined ? [bestTile(c, device)] : selectVariants(possibleTiles(c, device), variant).slice(0, 1);
    return tiles.map((tile) => oneStep(tile.name, depthwiseWork(c, tile), () => depthwiseStep(c, tile)));
  },
};
