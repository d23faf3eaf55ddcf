// The work and the error of a batch of matrix products.
import { roundUp } from "../../base/shape.ts";
import { WORKGROUP_SIZE } from "../../kernel/step.ts";
import type { Correlation } from "../../problem/correlation.ts";
import { type ErrorBound, SEQUENTIAL_SUM } from "../algorithm.ts";
import { NO_WORK, OUTPUT_LOADS, PRODUCT_LOADS, type Work, numberBytes } from "../cost.ts";
import type { GemmVariant, Products } from "./variant.ts";

/** Number of tiles along the rows and the columns: workgroup tiles, or else thread tiles, along the rows in whole quads. */
export function tilesOf(M: number, N: number, { tileM, tileN4, quads, workgroup }: GemmVariant) {
  const [sideM, sideN4] = workgroup ? [workgroup.sideM, workgroup.sideN4] : [tileM, tileN4];
  const tilesM = Math.ceil(M / sideM);
  return { tilesM: quads ? roundUp(tilesM, 4) : tilesM, tilesN: Math.ceil(N / (4 * sideN4)) };
}

/** The error of sums of K terms of the correlation by a tile: threads sum them sequentially. */
export function gemmError({ workgroup }: GemmVariant, c: Correlation, K: number): ErrorBound {
  return workgroup?.method.error(c, K) ?? SEQUENTIAL_SUM;
}

/** Instructions of a thread tile for each vector that it loads. */
const LOAD_INSTRUCTIONS = 2;

/** The work of a batch of matrix products. */
export function gemmWork(products: Products, variant: GemmVariant): Work {
  const { batch, M, N, K } = products;
  const { tileM, tileN4, quads, group = WORKGROUP_SIZE, workgroup } = variant;
  const { tilesM, tilesN } = tilesOf(M, N, variant);
  const tiles = batch * tilesM * tilesN;
  const vectors = Math.ceil(K / 4);
  const bytes = numberBytes(batch * M * K, batch * K * N, batch * M * N);
  const stores = OUTPUT_LOADS * batch * M * N;
  if (workgroup) return workgroup.method.work({ batch, M, N, K }, variant, tiles);
  // Exchanging vectors in a quad costs almost nothing.
  const right = (quads ? 4 : 16) * tileN4;
  const left = 4 * tileM;
  const cost = products.textures ? PRODUCT_LOADS[variant.textures ? "texture" : "storage"] : 1;
  // The threads of a workgroup share rows of A, and columns of B if they reach past the end of a row of tiles.
  const across = Math.min(WORKGROUP_SIZE, tilesN);
  const workgroups = Math.ceil(tiles / WORKGROUP_SIZE);
  const once = (across * 4 * tileN4 + (WORKGROUP_SIZE / across) * tileM) * workgroups * 4 * vectors;
  return {
    threads: tiles,
    workgroupSize: group,
    multiplyAdds: 16 * tileM * tileN4 * tiles * vectors,
    loads: cost * (left + right) * tiles * vectors + stores,
    bytes,
    // Each vector of terms waits for its loads.
    ...{ workgroups, barriers: vectors },
    traffic: numberBytes(once, batch * M * N),
    instructions: LOAD_INSTRUCTIONS * (tileM + 4 * tileN4) * tiles * vectors,
    // Neighbouring threads load vectors of B that lie tileN4 apart.
    lines: quads ? 1 : tileN4,
  };
}

/** Bytes of the textures that a batch of products takes. */
export function productTextures(products: Products, { textures }: GemmVariant): readonly number[] {
  return textures?.bytes(products) ?? [];
}

/** The work of copying A and B into these textures. */
export function copyWork(products: Products, tile: GemmVariant): Work[] {
  return productTextures(products, tile).map((bytes) => ({ ...NO_WORK, bytes: 2 * bytes }));
}
