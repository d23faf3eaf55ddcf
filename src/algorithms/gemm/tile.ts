// Chooses the thread tiles that multiply a batch of matrices.
//
// Measured on SwiftShader, F(4, 3) over 64 channels at 56 x 56 (36 products of 64 x 64 with 64 x 196), milliseconds of a run and of compiling
// it: 16 x 16 with vectors of four terms 10.2 and 650, 16 x 8 11.8 and 210, 8 x 16 12.3 and 190; with B shared in quads, 16 x 16 8.2 and 400,
// 16 x 8 10.8 and 190, 8 x 16 9.4 and 180, 8 x 32 8.9 and 400. Outer products of vectors along M and N were no faster, nor were 32 x 8 or two
// vectors of terms an iteration.
import { roundUp } from "../../base/shape.ts";
import { estimate } from "../cost.ts";
import type { DeviceTraits } from "../traits.ts";
import { type GemmVariant, type Products, gemmWork } from "./gemm.ts";

/** Most sums that a thread holds: limited by the registers of a GPU, or by the compile time of a CPU adapter. */
const MAX_SUMS = { hardware: 64, software: 256 };

/**
 * In quads a tile of half the size is nearly as fast and compiles in half the time: products of fewer multiply-adds than this do not repay a
 * longer first call.
 */
const SMALL = { multiplyAdds: 2e9, sums: 128 };

/** Most tiles to offer for measurement. */
const MOST = 3;

function tile(tileM: number, tileN4: number, quads: boolean): GemmVariant {
  return { name: `m${tileM}n${tileN4 * 4}${quads ? "-quads" : ""}`, tileM, tileN4, quads };
}

const TILES: readonly GemmVariant[] = [16, 8, 4, 1].flatMap((tileM) =>
  [4, 2, 1].flatMap((tileN4) => [tile(tileM, tileN4, true), tile(tileM, tileN4, false)]),
);

/** A size rounded up, so that products of similar sizes get the same tile, and share a kernel. */
function coarse(size: number): number {
  if (size <= 64) return size < 16 ? size : roundUp(size, 16);
  return 2 ** Math.ceil(Math.log2(size));
}

/** Whether the device can run the tile: if it shares loads, they must be shareable. */
function isPossible({ quads }: GemmVariant, device: DeviceTraits, vectors: boolean): boolean {
  return !quads || (device.quads && vectors);
}

/** The tiles for a batch of products, by estimated time; `vectors` is whether B is loaded in vectors. */
export function gemmTiles(products: Products, device: DeviceTraits, vectors = true): readonly GemmVariant[] {
  const { batch, M, N, K } = products;
  const most = device.software ? MAX_SUMS.software : MAX_SUMS.hardware;
  const inQuads = batch * M * N * K < SMALL.multiplyAdds ? Math.min(SMALL.sums, most) : most;
  return TILES.filter((one) => isPossible(one, device, vectors))
    .filter(({ tileM, tileN4, quads }) => 4 * tileM * tileN4 <= (quads ? inQuads : most))
    .map((one) => ({
      one,
      seconds: estimate([gemmWork({ ...products, M: coarse(M), N: coarse(N) }, one)], device.rates),
    }))
    .toSorted((a, b) => a.seconds - b.seconds)
    .slice(0, device.software ? 1 : MOST)
    .map(({ one }) => one);
}

/** The tiles for a batch of products; with a name, only the one of that name, if this device can run it. */
export function selectTiles(
  products: Products,
  device: DeviceTraits,
  name: string | undefined,
  vectors = true,
): readonly GemmVariant[] {
  if (name === undefined) return gemmTiles(products, device, vectors);
  return TILES.filter((one) => one.name === name && isPossible(one, device, vectors));
}

export function gemmTile(products: Products, device: DeviceTraits, vectors = true): GemmVariant {
  return gemmTiles(products, device, vectors)[0]!;
}
