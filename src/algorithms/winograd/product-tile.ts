// The register tile of the matrix products: their matrices are small and many, so it is chosen for the whole batch.
//
// Measured on SwiftShader, F(4, 3) over 64 channels at 56 x 56, milliseconds of a run and of compiling the product: 16 x 16 tiles with
// vectors of four terms 13.2 and 500, 16 x 8 15.7 and 230; as outer products of vectors along M and N, one term a step, 18.8 and 350,
// two 15 and 390, four 14.3 and 500. So the tile stays large, and a quicker first call would have to come from elsewhere.
import type { GpuTraits } from "../algorithm.ts";
import { type GemmVariant, gemmWork } from "../gemm.ts";
import { estimate } from "../work.ts";

/** A batch of products of M x K with K x N matrices. */
export interface Products {
  readonly batch: number;
  readonly M: number;
  readonly N: number;
  readonly K: number;
}

const TILES: readonly GemmVariant[] = [16, 8, 4, 1].flatMap((tileM) =>
  [4, 2, 1].map((tileN4) => ({ name: `m${tileM}n${tileN4 * 4}`, tileM, tileN4 })),
);

/** The tile that takes the least time. */
export function productTile(products: Products, { rates }: GpuTraits): GemmVariant {
  const seconds = (tile: GemmVariant): number => estimate([gemmWork(products, tile)], rates);
  return TILES.reduce((best, tile) => (seconds(tile) < seconds(best) ? tile : best));
}
