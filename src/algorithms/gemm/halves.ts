// Inner products of workgroup tiles in half precision, for devices that have it. GPUs of AMD and Intel compute two halves in an instruction, and
// everywhere tiles take half of the workgroup memory and of its loads.
//
// The error: with u = 2^-24, a half errs by v = 2^-11 = 2^13 u at most. Each operand of a product is rounded to a half, unless the tensors hold halves
// and nothing is done to them before. A sum of k terms, one K-step, has k more roundings: that of each product, if the multiply-add is not fused,
// and those of the additions to the first. The sums of K-steps, K / 4 at most, are added in float32. With s = sum |x||w| the error is at most
//
//   (gamma'_(k + 2) + gamma_(K / 4)) s,  gamma'_n = n v / (1 - n v) = gamma_(2^13 n)
//
// (Higham, section 3.1). That hardly grows with the number of K-steps, so it is stated relative to gamma_k s, the error of one of them in float32. This
// holds for numbers that halves have. Larger ones than 65504, among the operands or the sums of a K-step, become infinity. Of smaller ones than 2^-14
// devices may make 0.
import multiplyHalvesShader from "../../../shaders/algorithms/gemm/multiply-halves.wgsl";
import multiplyShader from "../../../shaders/algorithms/gemm/multiply.wgsl";
import threadSumsShader from "../../../shaders/algorithms/gemm/thread-sums.wgsl";
import { gamma } from "../../base/arithmetic.ts";
import { F32_BYTES } from "../../kernel/element-types.ts";
import type { Correlation } from "../../problem/correlation.ts";
import { type ErrorBound, SEQUENTIAL_SUM } from "../algorithm.ts";
import type { DeviceTraits } from "../traits.ts";
import { type InnerProduct, forThreads, tile } from "./workgroup.ts";

/** Terms of a K-step. With more, half precision loses more; with fewer, adding to float32 takes as long as the products. */
export const STEP = 16;

/** Unit roundoffs of float32 in one of half precision. */
export const ROUNDOFFS = 2 ** 13;

/** Whether the operands of products are halves before they are rounded. */
function areHalves({ dtype, gated, paddingValue }: Correlation): boolean {
  return dtype === "f16" && !gated && paddingValue === 0;
}

/**
 * The error above, of sums of K terms.
 * @param each roundings to halves for each term of a K-step, beside those of its operands
 * @param additions roundings to float32 for each term, at most
 */
export function halfError(c: Correlation, K: number, each: number, additions: number): ErrorBound {
  const halfTerms = Math.min(STEP, K);
  const roundings = each * halfTerms + (areHalves(c) ? 0 : 2);
  if (roundings === 0) return { ...SEQUENTIAL_SUM, growth: additions };
  return {
    ...SEQUENTIAL_SUM,
    growth: gamma(roundings * ROUNDOFFS) / gamma(halfTerms) + (additions * K) / halfTerms,
    halfTerms,
    // Sums of 16 products of integers of size 8, or of one of them and a padding value, are at most 2^10.
    exactOnIntegers: Math.abs(c.paddingValue) <= 8,
  };
}

/** How many products in half precision a GPU computes in the time of one in float32: two where it packs them. */
function rate({ gpu }: DeviceTraits): number {
  return gpu === "amd" || gpu === "intel" ? 2 : 1;
}

const halves: InnerProduct = {
  shaders: [threadSumsShader, multiplyShader, multiplyHalvesShader],
  aliases: { T4: "vec4h" },
  numberBytes: F32_BYTES / 2,
  rate: 1,
  // A sum of halves is converted and added.
  sumInstructions: 2,
  error: (c, K) => halfError(c, K, 1, 1),
  on: (_, device) => (device.f16 ? { ...halves, ...forThreads(device), rate: rate(device) } : undefined),
};

function halfTile(side: readonly [M: number, N: number], sums: readonly [M: number, N: number]) {
  return tile(side, sums, STEP, halves, `${side.join("x")}-${sums.join("x")}k${STEP}-f16`);
}

/** The tiles that are multiplied in half precision. */
export const HALF_TILES = [halfTile([64, 64], [8, 8]), halfTile([64, 64], [8, 4]), halfTile([32, 32], [4, 4])];
