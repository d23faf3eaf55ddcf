// Winograd's products in half precision (gemm/halves.ts): transforms are computed in float32, and the transformed cells and filters rounded to halves.
//
// The error is bounded as in growth.ts, whose n counts the roundings of a product on its way to an output. Two more are those of its operands to
// halves, and k those of a K-step of k terms, each of 2^13 of float32: n + 2^13 (k + 2). As in gemm/halves.ts it is stated relative to gamma_k, of a
// K-step in float32. Half precision bounds the transformed numbers too, which are up to `magnitude` times as large as cells.
import { gamma } from "../../base/arithmetic.ts";
import type { Correlation } from "../../problem/correlation.ts";
import type { ErrorBound } from "../algorithm.ts";
import { HALF_TILES, ROUNDOFFS, STEP } from "../gemm/halves.ts";
import type { DeviceTraits } from "../traits.ts";
import { chainOf, transformedCount } from "./growth.ts";
import type { Tile } from "./tiles.ts";
import { type ProductKind, winogradError } from "./winograd.ts";

/** The error; undefined for tiles that amplify it so much that it may be as large as a sum: F(4, 3) in two dimensions does. */
function halfError(c: Correlation, tile: Tile, paddedC: number): ErrorBound | undefined {
  const axes = transformedCount(c);
  const halfTerms = Math.min(STEP, paddedC);
  const error = tile.amplification ** axes * gamma(chainOf(c, tile, axes) + ROUNDOFFS * (halfTerms + 2));
  if (error >= 1) return undefined;
  return {
    ...winogradError(c, tile),
    growth: error / gamma(halfTerms),
    halfTerms,
    exactOnIntegers: false,
  };
}

const HALVES: readonly ProductKind[] = [{ tiles: HALF_TILES, suffix: "-f16", error: halfError }];

/** The products in half precision that a device can compute. */
export function halves({ f16, workgroupBytes }: DeviceTraits): readonly ProductKind[] {
  return f16 && workgroupBytes > 0 ? HALVES : [];
}
