// The kernels of direct.ts for GPUs: the outputs of a thread are neighbours of a column, so that neighbouring threads, which compute neighbouring
// columns, load neighbouring cells.
import { type Triple, elementCount } from "../../base/shape.ts";
import { WORKGROUP_SIZE } from "../../kernel/step.ts";
import type { Correlation } from "../../problem/correlation.ts";
import type { Candidate, Kernels } from "../algorithm.ts";
import { type Work, numberBytes } from "../cost.ts";
import { numbersOf } from "../operands.ts";
import type { DeviceTraits } from "../traits.ts";
import { type DirectTile, WIDTHS, bestWidth, candidate, cut, fittedTile, loadsOfRow, stepConstants } from "./direct.ts";

/**
 * A GPU whose registers are meant for so many sums gets 8 outputs of 8 channels a thread; with fewer 4 outputs, and with few 4 of 4 channels, as
 * where small subgroups make room for more: cells and their addresses take as many registers again. On Xe-LP 4 x 8 spill at 8 lanes.
 */
const MANY_SUMS = 64;
const FEW_SUMS = 16;

/** Outputs of a thread at Intel's subgroups of 16 lanes, which spill more on Xe-LP. */
const FEW_OUTPUTS = 2;

/** A correlation whose rows are the columns of the given one. Channels, phases among them, and the epilogue are those of the given one. */
function turned(c: Correlation): Correlation {
  const turn = ([depth, height, width]: Triple): Triple => [depth, width, height];
  return {
    ...c,
    ...{ input: turn(c.input), kernel: turn(c.kernel), output: turn(c.output) },
    ...{ stride: turn(c.stride), dilation: turn(c.dilation), padBegin: turn(c.padBegin) },
    x: { ...c.x, spatial: turn(c.x.spatial) },
    w: { ...c.w, taps: turn(c.w.taps) },
    y: { ...c.y, spatial: turn(c.y.spatial) },
  };
}

/** Most tiles to offer for measurement. */
const MOST_TILES = 4;

/** The tiles for a correlation on a device: the one that suits it best, and smaller ones. */
function tilesFor(c: Correlation, { gpu, maxSums, subgroupSize }: DeviceTraits): DirectTile[] {
  const most = subgroupSize === undefined ? maxSums : FEW_SUMS;
  const isShort = gpu === "intel" && subgroupSize === undefined && most <= FEW_SUMS;
  const tileQ = isShort ? FEW_OUTPUTS : bestWidth(c, c.output[1], most < MANY_SUMS ? 4 : 8);
  const best = fittedTile(c, false, tileQ, most > FEW_SUMS ? 8 : 4, true);
  const sums = (tile: DirectTile): number => tile.tileQ * tile.tileV * tile.lanes;
  const smaller = allTiles(turned(c)).filter(
    (one) => one.name !== best.name && sums(one) < sums(best) && [4, 8].includes(one.tileQ),
  );
  return [best, ...new Map(smaller.map((one) => [one.name, one])).values()].slice(0, MOST_TILES);
}

/** The tiles that some device may get. */
function allTiles(c: Correlation): DirectTile[] {
  return [...new Set([...WIDTHS.map, ...WIDTHS.taps])]
    .filter((tileQ) => tileQ <= 8)
    .flatMap((tileQ) => [4, 8].map((tileK) => fittedTile(c, false, tileQ, tileK, true)));
}

/** Instructions that load a cell or a weight, beside the load: in Mesa's code for Navi 21, whose loop of 3x3 is multiply-adds by 77 %. */
const LOAD_INSTRUCTIONS = { cell: 3, paddedCell: 8, weight: 1 };

/** Lines of a cache that the cells of a vector of channels take, at most. */
const MOST_LINES = 32;

/** The work of a correlation of columns as far as only GPUs take time for it. */
function workOnGpu(c: Correlation, tile: DirectTile): Partial<Work> {
  const { kernel, stride, dilation, output } = c;
  const { ROWS, WHOLE_ROWS } = stepConstants(c, tile);
  const { threads, steps } = cut(c, tile);
  const { cells, weights } = loadsOfRow(c, tile);
  const { cell, paddedCell, weight } = LOAD_INSTRUCTIONS;
  const workgroups = Math.ceil(threads / WORKGROUP_SIZE);
  const extent = (axis: 1 | 2, outputs: number): number =>
    Math.min(outputs, output[axis]) * stride[axis] + (kernel[axis] - 1) * dilation[axis];
  // Threads beside each other share cells, which come from the last cache once for all taps, and the weights.
  const seen = kernel[0] * extent(2, tile.tileQ) * extent(1, Math.min(threads, WORKGROUP_SIZE));
  const numbers = (c.C / c.groups) * (seen + tile.tileV * tile.lanes * elementCount(kernel));
  // The cells that neighbouring threads load at once lie a stride apart, in a row or in whole pixels.
  const apart = stride[1] * (c.layout === "channels-first" ? 1 : c.C);
  return {
    // A step waits for what it loads.
    ...{ workgroups, barriers: steps },
    traffic: numberBytes(workgroups * numbers, numbersOf(c).y),
    instructions: threads * steps * ROWS * (cells * (WHOLE_ROWS ? cell : paddedCell) + weights * weight),
    lines: (cells * Math.min(MOST_LINES, apart) + weights) / (cells + weights),
  };
}

/** The candidate of a tile for a correlation. */
function candidateOf(given: Correlation, tile: DirectTile, device: DeviceTraits): Candidate {
  const c = turned(given);
  return candidate(c, tile, device, workOnGpu(c, tile));
}

/** The kernels on tiles of neighbouring outputs of a column. */
export const directColumns: Kernels = (c, device, variant) => {
  if (variant === undefined)
    return device.software ? [] : tilesFor(c, device).map((tile) => candidateOf(c, tile, device));
  return allTiles(c)
    .filter(({ name }) => name === variant)
    .slice(0, 1)
    .map((tile) => candidateOf(c, tile, device));
};
