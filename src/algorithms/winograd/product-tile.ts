// The register tile of the matrix products: their matrices are small and many, so it is chosen for the whole batch.
//
// Measured on SwiftShader, F(4, 3) over 64 channels at 56 x 56, milliseconds of a run and of compiling the product: 16 x 16 tiles with
// vectors of four terms 13.2 and 500, 16 x 8 15.7 and 230; as outer products of vectors along M and N, one term a step, 18.8 and 350,
// two 15 and 390, four 14.3 and 500. So the tile stays large, and a quicker first call would have to come from elsewhere.
import type { GpuTraits } from "../algorithm.ts";
import type { GemmVariant } from "../gemm.ts";

/** A batch of products of M x K with K x N matrices. */
export interface Products {
  readonly batch: number;
  readonly M: number;
  readonly N: number;
  readonly K: number;
}

/** A load of one number costs about as many multiply-adds on the software adapters. */
const LOAD = 22;

const TILES: readonly GemmVariant[] = [16, 8, 4, 1].flatMap((tileM) =>
  [4, 2, 1].map((tileN4) => ({ name: `m${tileM}n${tileN4 * 4}`, tileM, tileN4 })),
);

function threads({ batch, M, N }: Products, { tileM, tileN4 }: GemmVariant): number {
  return batch * Math.ceil(M / tileM) * Math.ceil(N / (4 * tileN4));
}

/** The work of the products in multiply-adds, loads counted as such, with what tiles waste beyond the edges. */
export function productWork(products: Products, { tileM, tileN4 }: GemmVariant): number {
  const step = LOAD * (4 * tileM + 16 * tileN4) + 16 * tileM * tileN4;
  return threads(products, { name: "", tileM, tileN4 }) * Math.ceil(products.K / 4) * step;
}

/** The tile of least work among those that give every core something to do, or the one with the most threads. */
export function productTile(products: Products, gpu: GpuTraits): GemmVariant {
  const enough = gpu.software ? 128 : 16_384;
  const busy = TILES.filter((tile) => threads(products, tile) >= enough);
  if (busy.length === 0) return TILES.toSorted((a, b) => threads(products, b) - threads(products, a))[0]!;
  return busy.reduce((best, tile) => (productWork(products, tile) < productWork(products, best) ? tile : best));
}
