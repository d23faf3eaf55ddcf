// A thread tile of depthwise.ts: how it divides outputs and sums, and what it costs.
import { greatestCommonDivisor } from "../../base/arithmetic.ts";
import { WORKGROUP_SIZE } from "../../kernel/step.ts";
import type { Correlation } from "../../problem/correlation.ts";
import type { Variant } from "../algorithm.ts";
import { type Rates, type Work, estimate } from "../cost.ts";
import { isMap, operandBytes } from "../operands.ts";
import { partialBytes, reduceWork } from "../reduce-splits.ts";

export interface DepthwiseTile extends Variant {
  /** The thread tile: outputs along a column, outputs along a row, and output channels of a group. */
  readonly tileP: number;
  readonly tileQ: number;
  readonly tileM: number;
  /** Kernel rows and columns in one step of the sum. The last chunks may be short, of rows only if the kernel is a map. */
  readonly rows: number;
  readonly columns: number;
  /** Number of threads that share the steps of a sum, and whether they take turns at the steps or each takes a run of them. */
  readonly splits: number;
  readonly turns: boolean;
}

/**
 * How the outputs of a tile share cells along an axis. Two outputs share cells if the distance between the starts of their windows is a multiple
 * of the dilation. Such outputs are `outputStep` apart, and their windows start `shift` dilations apart.
 */
export function sharing(c: Correlation, axis: number): { outputStep: number; shift: number } {
  const [stride, dilation] = [c.stride[axis]!, c.dilation[axis]!];
  const common = greatestCommonDivisor(stride, dilation);
  return { outputStep: dilation / common, shift: stride / common };
}

/** Tiles along an axis: one set for each residue of the output step. */
export function tilesAlong(outputs: number, tile: number, outputStep: number): number {
  return Math.ceil(outputs / (tile * outputStep)) * outputStep;
}

/** How a tile divides the outputs among threads, and their sums into steps. */
export function cut(c: Correlation, tile: DepthwiseTile) {
  const { kernel, output, N, groups } = c;
  const p = sharing(c, 1);
  const q = sharing(c, 2);
  // Outputs that share no cell load their own.
  const perP = Math.min(p.shift, tile.rows);
  const perQ = Math.min(q.shift, tile.columns);
  const tilesP = tilesAlong(output[1], tile.tileP, p.outputStep);
  const tilesQ = tilesAlong(output[2], tile.tileQ, q.outputStep);
  const tilesM = Math.ceil(c.K / groups / tile.tileM);
  const columnChunks = Math.ceil(kernel[2] / tile.columns);
  const short = columnChunks * tile.columns - kernel[2];
  const rowChunks = Math.ceil(kernel[1] / tile.rows);
  const mapTail = short > 0 || rowChunks * tile.rows > kernel[1] ? tile.columns : 0;
  const channelTiles = groups * tilesM;
  return {
    ...{ p, q, perP, perQ, tilesP, tilesQ, tilesM, channelTiles },
    cellRows: (tile.tileP - 1) * perP + tile.rows,
    cellColumns: (tile.tileQ - 1) * perQ + tile.columns,
    allColumns: tile.columns === kernel[2] && !isMap(c),
    short,
    columnTail: isMap(c) ? mapTail : short,
    ...{ columnChunks, rowChunks, slices: kernel[0] },
    steps: (c.C / groups) * kernel[0] * rowChunks * columnChunks,
    threads: tile.splits * N * channelTiles * output[0] * tilesP * tilesQ,
  };
}

/**
 * Cost of carrying a sum through a loop, in equivalent loads: on SwiftShader a loop of one iteration around a tile of 56 sums took 7 ms instead
 * of 4.
 */
const LOOP_LOADS = 3;

/** Instructions of a step beside multiply-adds and loads, counted on Navi 21: of its loop, of a cell, of a weight. */
const INSTRUCTIONS = { step: 20, cell: 4, weight: 1 };

/** The work of the dispatches: of the sums, and of adding up what is split. */
export function depthwiseWork(c: Correlation, tile: DepthwiseTile): Work[] {
  const { tileP, tileQ, tileM, rows, columns, splits } = tile;
  const shape = cut(c, tile);
  const steps = Math.ceil(shape.steps / splits);
  const outputs = tileP * tileQ * tileM;
  // Column addresses are computed once if a step covers the width of the kernel, otherwise again in each step.
  const cell = shape.allColumns ? 1.2 : 1.5;
  const loop = steps > 1 ? LOOP_LOADS * outputs : 0;
  const step = cell * shape.cellRows * shape.cellColumns + rows * columns * tileM;
  const apart = shape.q.outputStep > 1 ? c.stride[2] : tileQ * c.stride[2];
  const { cellRows, cellColumns, threads } = shape;
  const instructions =
    INSTRUCTIONS.step + INSTRUCTIONS.cell * cellRows * cellColumns + INSTRUCTIONS.weight * rows * columns * tileM;
  const multiply = {
    threads,
    multiplyAdds: shape.threads * steps * outputs * rows * (columns + shape.short),
    loads: shape.threads * (steps * step + loop + 0.5 * shape.cellColumns + outputs),
    bytes: operandBytes(c) + partialBytes(c, splits),
    // A step waits for what it loads.
    ...{ workgroups: Math.ceil(threads / WORKGROUP_SIZE), barriers: steps },
    instructions: threads * steps * instructions,
    // Splits that take turns load neighbouring cells.
    lines: c.layout === "channels-last" || (splits > 1 && tile.turns) ? 1 : Math.min(32, apart),
  };
  return [multiply, ...reduceWork(c, splits)];
}

/** Estimated seconds of computing, whatever the time of memory. */
export function computing(c: Correlation, tile: DepthwiseTile, rates: Rates): number {
  return estimate(depthwiseWork(c, tile), { ...rates, bytes: Infinity, traffic: Infinity });
}
