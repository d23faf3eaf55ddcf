// Chooses the tiles that multiply a batch of matrices: thread tiles on adapters that compute on the CPU and on GPUs without workgroup memory,
// workgroup tiles on the others.
//
// Measured on SwiftShader, F(4, 3) over 64 channels at 56 x 56 (36 products of 64 x 64 with 64 x 196), milliseconds of a run and of compiling
// it: 16 x 16 with vectors of four terms 10.2 and 650, 16 x 8 11.8 and 210, 8 x 16 12.3 and 190; with B shared in quads, 16 x 16 8.2 and 400,
// 16 x 8 10.8 and 190, 8 x 16 9.4 and 180, 8 x 32 8.9 and 400. Outer products of vectors along M and N were no faster, nor were 32 x 8 or two
// vectors of terms an iteration.
import { roundUp } from "../../base/shape.ts";
import { estimate } from "../cost.ts";
import type { DeviceTraits } from "../traits.ts";
import type { GemmVariant, Products } from "./variant.ts";
import { copyWork, gemmWork } from "./work.ts";

/** Most sums that a thread holds on a CPU adapter: limited by the compile time. */
const SOFTWARE_SUMS = 256;

/**
 * Where quads share loads a tile of half the size is nearly as fast and compiles in half the time: products of fewer multiply-adds than this do not
 * repay more. If a loop stores the sums, larger tiles too compile in half the time: 16 x 16 take 0.83 of the time of 8 x 16 for 1x1 from 256 to 64
 * channels at 56 x 56, 0.9 for 512 to 512 at 12 x 12. Tiles of up to `most` sums compile in 1.4 times the time: they are taken where they take less than
 * `worth` of the time, since they end closer to the edges.
 */
const SMALL = { multiplyAdds: 2e9, storedInLoop: 3e7, sums: 128, most: 160, worth: 0.9 };

/** Threads of a workgroup on a CPU adapter: few, since a small product has hardly more threads than a workgroup, and its cores share the workgroups. */
const SOFTWARE_GROUP = 16;

/** A matrix of fewer rows or columns than these leaves most of a workgroup tile empty. */
const FEW_ROWS = 16;

/** A device that can hold no more sums than these is short of registers. */
export const FEW_SUMS = 16;

/** Most tiles to offer for measurement. */
export const MOST_TILES = 5;

export function tile(tileM: number, tileN4: number, quads: boolean): GemmVariant {
  return { name: `m${tileM}n${tileN4 * 4}${quads ? "-quads" : ""}`, tileM, tileN4, quads };
}

/** The thread tiles, for every adapter. Quads of six rows fill 24, 48, 72 and 120 channels, those of ten 40 and 80; 20 columns divide 36 and 100. */
export const THREAD_TILES: readonly GemmVariant[] = [
  ...[16, 8, 4, 1].flatMap((tileM) =>
    [4, 2, 1].flatMap((tileN4) => [tile(tileM, tileN4, true), tile(tileM, tileN4, false)]),
  ),
  tile(6, 4, true),
  tile(6, 2, true),
  tile(8, 5, true),
  tile(10, 4, true),
];

/** A size rounded up, so that products of similar sizes get the same tile, and share a kernel. */
export function coarse(size: number): number {
  if (size <= 64) return size < 16 ? size : roundUp(size, 16);
  return 2 ** Math.ceil(Math.log2(size));
}

/** Rounds less, for CPU adapters, which pay for what a tile computes past the edges. */
function lessCoarse(size: number): number {
  return size < 16 ? size : roundUp(size, 2 ** Math.max(3, Math.floor(Math.log2(size)) - 2));
}

/** A tile as the device needs it, in a list; an empty one if the device cannot run it: if it shares loads, they must be shareable. */
function onDevice(one: GemmVariant, device: DeviceTraits, products?: Products): readonly GemmVariant[] {
  const { quads, textures, workgroup } = one;
  if (textures) {
    const own = textures.on(device);
    return own && products && own.bytes(products) ? [{ ...one, textures: own }] : [];
  }
  if (quads && !device.quads) return [];
  if (!workgroup) return device.software ? [{ ...one, group: SOFTWARE_GROUP }] : [one];
  const method = workgroup.method.on(one, device);
  return method ? [{ ...one, workgroup: { ...workgroup, method } }] : [];
}

function sumsOf({ tileM, tileN4 }: GemmVariant): number {
  return 4 * tileM * tileN4;
}

/** Whether a tile fits the registers and the workgroup memory of the device. */
function fits(one: GemmVariant, mostSums: number, device: DeviceTraits): boolean {
  const sums = sumsOf(one);
  if (one.workgroup) return one.workgroup.method.fits(one, mostSums, device);
  return sums <= mostSums && (device.workgroupBytes === 0 || sums <= FEW_SUMS);
}

/**
 * Most sums of a thread on a GPU. Where the subgroup size is chosen for the registers, 64 do not fit beside addresses of single numbers: Mesa spills
 * on Xe-LP.
 */
export function hardwareSums({ maxSums, subgroupSize }: DeviceTraits, vectors: boolean): number {
  return subgroupSize === undefined || vectors ? maxSums : maxSums / 2;
}

/** Those tiles of a list that suit a batch of products, by estimated time; `vectors` is whether B is loaded in vectors. */
export function gemmTiles(
  tiles: readonly GemmVariant[],
  products: Products,
  device: DeviceTraits,
  vectors = true,
): readonly GemmVariant[] {
  const { batch, M, N, K, storedInLoop } = products;
  const most = device.software ? SOFTWARE_SUMS : hardwareSums(device, vectors);
  const round = device.software ? lessCoarse : coarse;
  const least = storedInLoop ? SMALL.storedInLoop : SMALL.multiplyAdds;
  const few = device.quads && batch * M * N * K < least;
  const fitting = tiles
    .flatMap((one) => onDevice(one, device, products))
    .filter((one) => fits(one, few ? Math.min(SMALL.most, most) : most, device));
  // Where there is workgroup memory, threads alone only serve matrices of few rows or columns.
  const shared = Math.min(M, N) < FEW_ROWS ? [] : fitting.filter(({ workgroup }) => workgroup);
  return (shared.length > 0 ? shared : fitting)
    .map((one) => ({
      one,
      seconds:
        estimate([...copyWork(products, one), gemmWork({ ...products, M: round(M), N: round(N) }, one)], device.rates) /
        (few && sumsOf(one) > SMALL.sums ? SMALL.worth : 1),
    }))
    .toSorted((a, b) => a.seconds - b.seconds)
    .slice(0, device.software ? 1 : MOST_TILES)
    .map(({ one }) => one);
}

/** The tiles that the device can run. Tiles that do not fit its registers and workgroup memory are found by name only. */
export function tilesThatFit(tiles: readonly GemmVariant[], device: DeviceTraits, named = false): GemmVariant[] {
  return tiles.flatMap((one) => onDevice(one, device)).filter((one) => named || fits(one, device.maxSums, device));
}

/** Those tiles of each list that suit a batch of products; with a name, only the one of that name, if this device can run it. */
export function selectTiles(
  lists: readonly (readonly GemmVariant[])[],
  products: Products,
  device: DeviceTraits,
  name: string | undefined,
  vectors = true,
): readonly GemmVariant[] {
  return lists.flatMap((tiles) =>
    name === undefined
      ? gemmTiles(tiles, products, device, vectors)
      : tiles.filter((one) => one.name === name).flatMap((one) => onDevice(one, device, products)),
  );
}

/** The tile of a list for a batch of products. */
export function gemmTile(tiles: readonly GemmVariant[], products: Products, device: DeviceTraits, vectors = true) {
  return gemmTiles(tiles, products, device, vectors)[0]!;
}
