// The search for the best thread tile of depthwise.ts, among few that serve maps of all sizes.
import { eachAxis } from "../../base/shape.ts";
import type { Correlation } from "../../problem/correlation.ts";
import { multiplyAdds } from "../../problem/problem.ts";
import type { Rates } from "../cost.ts";
import { isMap, mapColumns } from "../operands.ts";
import { partialBytes } from "../reduce-splits.ts";
import type { DeviceTraits } from "../traits.ts";
import { type DepthwiseTile, computing, cut } from "./tile.ts";

/**
 * Most multiply-adds to unroll. On SwiftShader a 3x3 kernel over 144 channels at 56 x 56 takes 4.9 ms with 4 x 7 outputs a
 * thread (252 multiply-adds), 4.0 with 7 x 8 (504), but the first calls take 0.46 s and 0.93 s: only large problems repay that.
 * Where invocations do not share loads in quads (`alone`, lavapipe), 8 x 7 outputs take 0.7 of the time of 8 x 4, 5 x 4 of 5x5 taps 0.65 of that of
 * 5 x 2, and the first calls about twice as long. On GPUs a kernel of 31 x 31 taps takes 0.8 s to compile for Navi 21 with 8 outputs and a row of
 * taps in a step (248), 0.12 s with 8 taps (64).
 */
const MAX_UNROLLED = { small: 288, alone: 512, large: 640, hardware: 64 };

/** Most multiply-adds to unroll for each sum that a GPU's registers are meant for: with more, cells and their addresses spill on Xe-LP. */
const UNROLLED_PER_SUM = 2;

/** Most of a map on a GPU: rows and columns may end within a step, so that each takes more lines of source, of which a kernel has 24 kB at most. */
const UNROLLED_OF_MAP = 56;

/** Most multiply-adds and cells of a step on a GPU, together: each takes a line of source, of which a kernel has 24 kB at most. */
const UNROLLED_LINES = 91;

/** Most taps of kernels that gain from tiles of MAX_UNROLLED.alone: 7x7 did not. */
const WIDE_TILE_TAPS = 25;

const LARGE = 5e7;

/** Most sums that a thread holds: limited by the registers of a GPU, which also needs many threads, or by the stack of a CPU. */
const MAX_SUMS = { hardware: 16, software: 112 };

const TILES = [1, 2, 3, 4, 5, 7, 8, 10, 14, 16, 20, 28];

/**
 * Map sizes whose best tiles serve maps of every size: with few tiles, maps share kernels. `share` limits the sums of a tile to a fraction of the
 * largest possible, because small maps need smaller tiles to keep the adapter busy.
 */
const MAPS = [
  { size: 14, share: 1 },
  { size: 56, share: 1 },
  { size: 64, share: 1 },
  { size: 25, share: 1 },
  { size: 56, share: 1 / 4 },
];

/** Map sizes, even and uneven, among which the usual tile of a layer is the one that is never far behind. */
const USUAL_SIZES = [20, 25, 28, 33, 46, 56, 64];

/** A tile has to be so many times as fast as the usual one to be worth a kernel of its own, which takes half a second to compile on a CPU. */
const WORTH_COMPILING = 1.15;

/** Cells of a kernel that a step always takes together, and columns of a row. */
const WHOLE_KERNEL = 9;
const WHOLE_ROW = 7;

/**
 * Rows and columns of a step if the kernel is a map, few so that maps of all sizes share kernels: 14 x 14 and 28 x 28 are taken exactly, and other
 * maps may end within a step.
 */
function mapChunk(c: Correlation): [rows: number, columns: number] {
  const [, R, S] = c.kernel;
  const columns = mapColumns(c);
  return [Math.min(R, S % columns === 0 && R % 4 === 2 ? 2 : 4), columns];
}

/** Chunk sizes of 1 to 32 that divide a number of rows or columns evenly, or with a last chunk that is one short. */
function chunkSizes(size: number): number[] {
  return Array.from({ length: Math.min(size, 32) }, (_, at) => at + 1).filter(
    (chunk) => size % chunk === 0 || (size + 1) % chunk === 0,
  );
}

/** Columns of a map in a step on a GPU: few, so that a thread has registers for the sums of 3 x 3 taps, which share cells. */
const MAP_COLUMNS = 4;

/** The kernel rows and columns that a step may take: several rows only with all columns, or of a map. */
function chunksOf(c: Correlation, software: boolean): [rows: number, columns: number][] {
  const [, R, S] = c.kernel;
  if (isMap(c)) return [software ? mapChunk(c) : [1, MAP_COLUMNS]];
  if (R * S <= WHOLE_KERNEL) return [[R, S]];
  const rows = chunkSizes(R).filter((chunk) => R % chunk === 0);
  const columns = S <= WHOLE_ROW ? [S] : chunkSizes(S);
  return columns.flatMap((one) => (one === S ? rows : [1]).map((some): [number, number] => [some, one]));
}

function namedTile(c: Correlation, tile: Omit<DepthwiseTile, "name" | "splits" | "turns">): DepthwiseTile {
  const { tileP, tileQ, tileM, rows, columns } = tile;
  const chunk = rows * columns === c.kernel[1] * c.kernel[2] && !isMap(c) ? "" : `r${rows}s${columns}`;
  return { name: `p${tileP}q${tileQ}${tileM > 1 ? `m${tileM}` : ""}${chunk}`, ...tile, splits: 1, turns: false };
}

/** Every tile within the limits. In a gradient of weights the outputs are the taps of a kernel, which no tile exceeds. */
function possibleTiles(
  c: Correlation,
  device: Pick<DeviceTraits, "software" | "quads" | "maxSums">,
  large = multiplyAdds(c) >= LARGE,
): DepthwiseTile[] {
  const [, R, S] = c.kernel;
  const hardware = Math.min(MAX_UNROLLED.hardware, isMap(c) ? UNROLLED_OF_MAP : UNROLLED_PER_SUM * device.maxSums);
  const alone = !device.quads && !isMap(c) && R * S <= WIDE_TILE_TAPS;
  const software = large ? MAX_UNROLLED.large : alone ? MAX_UNROLLED.alone : MAX_UNROLLED.small;
  const most = device.software ? software : hardware;
  const mostSums = device.software ? MAX_SUMS.software : MAX_SUMS.hardware;
  const sizes = (outputs: number): number[] => TILES.filter((tile) => tile <= outputs);
  const along = (axis: 1 | 2): number[] =>
    sizes(isMap(c) || c.output[axis] <= 4 ? Math.max(1, c.output[axis]) : Infinity);
  const found: DepthwiseTile[] = [];
  for (const [rows, columns] of chunksOf(c, device.software)) {
    for (const tileM of sizes(Math.min(8, c.K / c.groups))) {
      for (const tileP of along(1)) {
        for (const tileQ of along(2)) {
          const sums = tileP * tileQ * tileM;
          const cells = (tileP + rows - 1) * (tileQ + columns - 1);
          const isShort = device.software || sums * rows * columns + cells <= UNROLLED_LINES;
          if (isShort && sums <= mostSums && sums * rows * columns <= most)
            found.push(namedTile(c, { tileP, tileQ, tileM, rows, columns }));
        }
      }
    }
  }
  return found;
}

/** The tile that is the best by some measure of seconds. */
function least(tiles: readonly DepthwiseTile[], secondsOf: (tile: DepthwiseTile) => number): DepthwiseTile {
  const seconds = tiles.map(secondsOf);
  return tiles[seconds.indexOf(Math.min(...seconds))]!;
}

/** The few tiles that serve maps of all sizes, the usual one first. */
function tilesForMaps(c: Correlation, device: DeviceTraits, large: boolean): readonly DepthwiseTile[] {
  const all = possibleTiles(c, device, large);
  const rates = { ...device.rates, threads: 1 };
  if (isMap(c)) {
    const map = { ...c, kernel: eachAxis((axis) => (c.kernel[axis] > 1 ? 56 : 1)) };
    return [least(all, (tile) => computing(map, tile, rates))];
  }
  const secondsAt = (size: number, tile: DepthwiseTile): number =>
    computing({ ...c, output: eachAxis((axis) => (c.output[axis] > 4 ? size : c.output[axis])) }, tile, rates);
  const sumsOf = ({ tileP, tileQ, tileM }: DepthwiseTile): number => tileP * tileQ * tileM;
  const most = Math.max(...all.map(sumsOf));
  const tiles = MAPS.map(({ size, share }) =>
    least(
      all.filter((tile) => sumsOf(tile) <= Math.max(1, share * most)),
      (tile) => secondsAt(size, tile),
    ),
  );
  const fewest = USUAL_SIZES.map((size) => Math.min(...tiles.map((tile) => secondsAt(size, tile))));
  const usual = least(tiles, (tile) => Math.max(...USUAL_SIZES.map((size, at) => secondsAt(size, tile) / fewest[at]!)));
  return [usual, ...tiles];
}

/** The tiles of layers, which are the same for maps of all sizes, by the rates that they were estimated from. */
const layerTiles = new WeakMap<Rates, Map<string, readonly DepthwiseTile[]>>();

/** The few tiles of a layer, looked for once. */
function tilesOfLayer(c: Correlation, device: DeviceTraits): readonly DepthwiseTile[] {
  const large = multiplyAdds(c) >= LARGE;
  const map = isMap(c) && mapChunk(c);
  const layer = { ...c, N: 1, C: c.C / c.groups, K: c.K / c.groups, groups: 1 };
  const { C, K, stride, dilation } = layer;
  const output = isMap(c) ? c.output : c.output.map((size) => Math.min(size, 5));
  const kernel = c.kernel.map((size) => (map ? size > 1 : size));
  const key = JSON.stringify([large, device.software, device.quads, map, C, K, kernel, output, stride, dilation]);
  const known = layerTiles.get(device.rates) ?? new Map<string, readonly DepthwiseTile[]>();
  layerTiles.set(device.rates, known);
  const tiles = known.get(key) ?? tilesForMaps(layer, device, large);
  known.set(key, tiles);
  return tiles;
}

/** Fewest steps of a split: with fewer, starting a thread and adding its sums take longer than computing them. */
const MIN_SPLIT_STEPS = 4;

/** A tile whose sums are split. */
function splitTile(tile: DepthwiseTile, splits: number, turns: boolean): DepthwiseTile {
  return splits > 1 ? { ...tile, splits, turns, name: `${tile.name}${turns ? "t" : "x"}${splits}` } : tile;
}

/** Whether a tile has a step for each split, and the memory for their partial sums. */
function canSplit(c: Correlation, device: DeviceTraits, tile: DepthwiseTile): boolean {
  const most = Math.min(device.maxBindingBytes, device.maxWorkspaceBytes);
  return tile.splits <= cut(c, tile).steps && partialBytes(c, tile.splits) <= most;
}

/** The best tiles on a device by the sizes that they depend on: a gradient under a large stride has a thousand phases of a few sizes. */
const bestTiles = new WeakMap<DeviceTraits, Map<string, DepthwiseTile>>();

/** The best tile, looked for once for all correlations of the same sizes on a device. */
export function bestTile(c: Correlation, device: DeviceTraits): DepthwiseTile {
  const { N, C, K, groups, kernel, output, stride, dilation } = c;
  const key = JSON.stringify([isMap(c), N, C, K, groups, kernel, output, stride, dilation]);
  const known = bestTiles.get(device) ?? new Map<string, DepthwiseTile>();
  bestTiles.set(device, known);
  const tile = known.get(key) ?? findTile(c, device);
  known.set(key, tile);
  return tile;
}

/**
 * The best of few tiles on a device, with as many splits as keep it busy if that is faster. Splits take turns on a GPU, so that neighbouring
 * threads load neighbouring cells, and runs on a CPU, so that each thread does: the gradient of 3 to 16 channels at 512 x 512 took 0.8 of
 * winograd's time on SwiftShader instead of 1.4.
 */
function findTile(c: Correlation, device: DeviceTraits): DepthwiseTile {
  const secondsOf = (tile: DepthwiseTile): number => computing(c, tile, device.rates);
  const [usual, ...others] = tilesOfLayer(c, device).map((tile) => {
    const { steps, threads } = cut(c, tile);
    const splits = Math.min(Math.floor(steps / MIN_SPLIT_STEPS), Math.ceil(device.rates.threads / threads));
    const split = splitTile(tile, splits, !device.software);
    return canSplit(c, device, split) ? least([tile, split], secondsOf) : tile;
  });
  if (others.length === 0) return usual!;
  const best = least(others, secondsOf);
  return secondsOf(usual!) <= WORTH_COMPILING * secondsOf(best) ? usual! : best;
}

/** The tile of a name, which ends with "x8" or "t8" if it has 8 splits. */
export function tileNamed(c: Correlation, device: DeviceTraits, name: string): DepthwiseTile | undefined {
  const [, whole, order, splits] = /^(.*?)(?:([xt])(\d+))?$/.exec(name)!;
  // CPU adapters without quads are offered the largest tiles, and GPUs others of maps.
  const tile = [true, false]
    .flatMap((software) => possibleTiles(c, { ...device, software, quads: false }))
    .find((one) => one.name === whole);
  const split = tile && splitTile(tile, Number(splits ?? 1), order === "t");
  return split && canSplit(c, device, split) ? split : undefined;
}

/** Most outputs of a thread along a column and along a row in first calls. */
const BRIEF = { tileP: 1, tileQ: 4 };

/**
 * The tile of first calls: smaller, with a row of the kernel in a step. Rows of steps that are split, or that may end within a step, stay: the sums would
 * be others. SwiftShader compiles 3x3 at stride 2 in 0.1 s instead of 1.4 by 8 x 4 outputs, lavapipe in 0.2 instead of 1.4 by 8 x 7.
 */
export function briefTile(c: Correlation, tile: Omit<DepthwiseTile, "name">): DepthwiseTile {
  const { tileP, tileQ, rows, splits } = tile;
  const [mostP, mostQ] = [Math.min(tileP, BRIEF.tileP), Math.min(tileQ, BRIEF.tileQ)];
  return { ...tile, name: "brief", tileP: mostP, tileQ: mostQ, tileM: 1, rows: splits > 1 || isMap(c) ? rows : 1 };
}
