// The kernels of depthwise.ts for adapters whose invocations share loads in quads, each of which computes neighbouring outputs of a channel. A 5x5
// kernel over 192 channels at 24 x 24 loads 79 numbers for 10 outputs in a thread of its own, and 31 for 8 in a quad.
import depthwiseQuadsShader from "../../../shaders/algorithms/depthwise/quads.wgsl";
import { BINDING, type Step } from "../../kernel/step.ts";
import type { Correlation } from "../../problem/correlation.ts";
import { type Kernels, type Variant, oneStep } from "../algorithm.ts";
import { type Work, estimate } from "../cost.ts";
import {
  channelUniforms,
  dispatchOn,
  isMap,
  loader,
  operandBytes,
  paddedInput,
  result,
  weightChannels,
  windowConstants,
} from "../operands.ts";
import { depthwiseStep } from "./depthwise.ts";
import { bestTile, briefTile } from "./tile-search.ts";
import { computing, sharing, tilesAlong } from "./tile.ts";

/** The tile of a quad: rows, and vectors of four neighbouring outputs in each. */
interface QuadTile extends Variant {
  readonly tileP: number;
  readonly tileQ: number;
}

function quadTile(tileP: number, tileQ: number): QuadTile {
  return { name: `p${tileP}q${4 * tileQ}-quads`, tileP, tileQ };
}

/**
 * The tiles, few so that maps of all sizes share kernels. On SwiftShader a 5x5 kernel over 192 channels at 24 x 24 takes 4.7 ms with 32 outputs a
 * quad, instead of 6.7 with a tile of tiles.ts, which compiles for longer; 64 outputs take 4.3 ms, and twice as long to compile.
 */
const TILES = [quadTile(4, 1), quadTile(4, 2), quadTile(8, 1)];

/** Most multiply-adds to unroll: those of a 7x7 kernel. */
const MAX_UNROLLED = 8 * 49;

/** Most taps of kernels that are faster in larger tiles of a thread: 3x3 kernels load few cells for each output, whoever loads them. */
const FEW_TAPS = 9;

/** Whether the kernels serve a correlation: groups of one input and one output channel, along two axes, in rows that are contiguous. */
function serves(c: Correlation): boolean {
  const { kernel, output, padBegin, stride, dilation, x, y, w } = c;
  const flat = kernel[0] === 1 && output[0] === 1 && padBegin[0] === 0;
  const single = c.depthwise && c.C === c.groups && c.K === c.groups && !c.phases && !isMap(c);
  const contiguous = x.spatial[2] === 1 && y.spatial[2] === 1;
  const inOrder = Math.abs(w.taps[2]) === 1 && w.taps[1] === kernel[2] * w.taps[2];
  const inPhases = stride[2] === 1 || (dilation[2] === 1 && stride[2] <= kernel[2]);
  return flat && single && contiguous && inOrder && inPhases;
}

/** How tiles divide the outputs among quads, and what one loads. */
function cut(c: Correlation, { tileP, tileQ }: QuadTile) {
  const [, R, S] = c.kernel;
  const p = sharing(c, 1);
  const perP = Math.min(p.shift, R);
  const tilesP = tilesAlong(c.output[1], tileP, p.outputStep);
  const tilesQ = Math.ceil(c.output[2] / (4 * tileQ));
  const last = Math.floor((S - 1) / c.stride[2]) * c.dilation[2];
  return {
    ...{ p, perP, tilesP, tilesQ },
    cellRows: (tileP - 1) * perP + R,
    /** Numbers that an invocation loads of a row, and windows that it finds in them. */
    loads: c.stride[2] * (tileQ + Math.ceil(last / 4)),
    windows: c.stride[2] * (4 * (tileQ - 1) + last + 1),
    threads: 4 * c.N * c.groups * tilesP * tilesQ,
  };
}

function quadStep(c: Correlation, tile: QuadTile): Step {
  const { x, w, y, kernel } = c;
  const { p, perP, tilesP, tilesQ, threads } = cut(c, tile);
  const flipped = w.taps[2] < 0;
  return dispatchOn([paddedInput(c), loader(c, "w", BINDING.second), result(c)], {
    shaders: [depthwiseQuadsShader],
    constants: {
      ...{ TILE_P: tile.tileP, TILE_Q: tile.tileQ, ROWS: kernel[1], COLUMNS: kernel[2] },
      ...{ OUT_STEP_P: p.outputStep, SHIFT_P: p.shift, PER_P: perP },
      ...{ REPEATS: c.paddingMode !== "zeros", FLIPPED: flipped },
      ...windowConstants(c),
    },
    uniforms: {
      ...{ tilesQ, tilesP, channels: c.groups, outputP: c.output[1], outputQ: c.output[2] },
      ...{ inputH: c.input[1], inputW: c.input[2], padH: c.padBegin[1], padW: c.padBegin[2] },
      ...{ xStart: x.start, xStrideN: x.batch, xChannel: x.group, xStrideH: x.spatial[1] },
      // The first tap in memory.
      wStart: w.start - (flipped ? kernel[1] * kernel[2] - 1 : 0),
      ...{ wChannel: w.group, wChannels: weightChannels(c) },
      ...{ yStart: y.start, yStrideN: y.batch, yStrideP: y.spatial[1], yChannels: channelUniforms(c) },
    },
    threads,
  });
}

/** The step of first calls: threads add the same terms in the same order, without sharing them. SwiftShader compiles 5x5 taps in 0.14 s instead of 0.36. */
function briefStep(c: Correlation, { tileP, tileQ }: QuadTile): Step {
  const [, rows, columns] = c.kernel;
  const tile = { tileP, tileQ: 4 * tileQ, tileM: 1, rows, columns, splits: 1, turns: false };
  return depthwiseStep(c, briefTile(c, tile));
}

/** Cost of a cell with its test for padding, and of a window, in equivalent loads: lanes load neighbouring cells at once. */
const CELL = 0.8;
const WINDOW = 0.1;

function quadWork(c: Correlation, tile: QuadTile): Work {
  const { cellRows, loads, windows, threads } = cut(c, tile);
  const taps = c.kernel[1] * c.kernel[2];
  const outputs = tile.tileP * tile.tileQ;
  return {
    threads,
    multiplyAdds: threads * outputs * taps,
    loads: threads * (cellRows * (CELL * loads + WINDOW * windows) + Math.ceil(taps / 4) + 0.5 * loads + outputs),
    bytes: operandBytes(c),
  };
}

/** The kernels that share loads in quads, where they are faster by estimate than threads that load for themselves. */
export const depthwiseQuads: Kernels = (c, device, variant) => {
  const taps = c.kernel[1] * c.kernel[2];
  if (!device.quads || taps <= FEW_TAPS || !serves(c)) return [];
  const tiles = TILES.filter(({ tileP, tileQ }) => tileP * tileQ * taps <= MAX_UNROLLED);
  const secondsOf = (tile: QuadTile): number => estimate([quadWork(c, tile)], { ...device.rates, bytes: Infinity });
  const [best] = tiles.filter(({ name }) => name === (variant ?? name)).toSorted((a, b) => secondsOf(a) - secondsOf(b));
  const apart = variant === undefined ? computing(c, bestTile(c, device), device.rates) : Infinity;
  if (!best || secondsOf(best) >= apart) return [];
  return [oneStep(best.name, quadWork(c, best), () => ({ ...quadStep(c, best), brief: briefStep(c, best) }))];
};
