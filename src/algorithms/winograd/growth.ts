// The error bound of Winograd's algorithm in float32, derived from its matrices.
//
// Along one axis, output i of a tile is sum over p of A^T[i, p] (sum over j of G[p, j] w_j) (sum over l of B^T[p, l] d_l). Evaluated
// in floating point, each product w_j d_l that enters it carries at most n roundings, so it errs by at most
//
//   gamma_n sum over j, l of T_i(j, l) |w_j| |d_l|,  T_i(j, l) = sum over p of |A^T[i, p]| |G[p, j]| |B^T[p, l]|
//
// (Higham, section 3.1, for each of the three sums and the sum over channels). In exact arithmetic all but the terms with l = i + j
// cancel; their errors do not. |w_j| |d_l| is a term of the sum of magnitudes, conv(|x|, |w|), of the window l - j cells from the
// start of the tile, which may lie in another tile or beyond the border. The terms of a window together are at most that sum,
// so with M the largest such sum within reach,
//
//   error <= gamma_n M max over i of sum over s of max over l - j = s of T_i(j, l).
//
// Windows reach from r - 1 cells before the tile to m + r - 2 behind its start: at most m + r - 2 from any of its outputs. With
// several axes T is the product over the axes, and so is the sum of maxima. If the kernel is divided into subkernels, l - j counts in strides
// from the start of a subkernel's window, and the terms of all subkernels at one l - j are those of one window: the bound is the same.
import { gamma } from "../../base/arithmetic.ts";
import { elementCount } from "../../base/shape.ts";
import { type Correlation, termCount } from "../../problem/correlation.ts";
import { partitionOf, transformedAxes } from "./partition.ts";
import type { Tile } from "./tiles.ts";

/**
 * Roundings on the longest path through the transforms of one axis, as the shaders compute them, for s pairs of points (a multiply-add counts
 * as two, since it need not be fused). Input: a constant and its product, s - 1 additions, then a_k, its product and an addition. Filter:
 * a power and its product, one addition less than the terms of a half, the addition of the halves, a scale and its product. Output:
 * an addition, a power and its product, s additions, and one for the value at infinity.
 */
function roundings({ r, points }: Tile): number {
  const s = points / 2 - 1;
  const half = Math.ceil(r / 2);
  return s + 4 + (half + 4) + (s + 4);
}

/** The two roundings of bias and residual, which add to this bound as to that of the sequential sum. */
const EPILOGUE = 2;

/** Number of input channels of a group: one for each channel and subkernel. */
function channelCount(c: Correlation, tile: Tile): number {
  return elementCount(partitionOf(c, tile).subkernels) * (c.C / c.groups);
}

/** Number of transformed axes. */
export function transformedCount(c: Correlation): number {
  return transformedAxes(c).filter(Boolean).length;
}

/** Roundings of a product on its way to an output. */
export function chainOf(c: Correlation, tile: Tile, axes: number): number {
  return channelCount(c, tile) + axes * roundings(tile) + EPILOGUE;
}

/** The bound above relative to that of the sequential sum, for a correlation with `axes` transformed axes. */
export function growth(c: Correlation, tile: Tile, axes: number): number {
  return (tile.amplification ** axes * gamma(chainOf(c, tile, axes))) / gamma(termCount(c) + EPILOGUE);
}

/**
 * Whether integers of size 8 at most come out exact: every number on the way is a multiple of 2^-axes, and at most
 * 8 * 8 * channels * magnitude^axes, below 2^24 of those units.
 */
export function exactOnIntegers(c: Correlation, tile: Tile, axes: number): boolean {
  return tile.magnitude !== undefined && 64 * channelCount(c, tile) * (2 * tile.magnitude) ** axes < 2 ** 24;
}
