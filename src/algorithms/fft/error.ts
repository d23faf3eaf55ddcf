// The error bound of a convolution by spectra, derived as Higham does for the FFT (Accuracy and Stability of Numerical Algorithms,
// section 24.1), with the constants of the kernels here. u is the unit roundoff, to first order in it.
//
// A transform is a product of layers, each a block-diagonal matrix B of DFTs of r numbers and then a diagonal one of rotations. A layer
// errs by at most beta_r u |B| |v| and rho u |v| a rotation (beta and rho below). Entries of B have modulus 1, r of them a row, so
// that || |B| ||_2 = r and ||B v||_2 = sqrt(r) ||v||_2: relative to the result in the 2-norm a layer adds beta_r sqrt(r) + rho, and
// the transform of x errs by F u ||X||_2, F = sum of beta_r sqrt(r) + rho. That of w errs by (F + 2) u ||W||_2: it is scaled too.
//
// The product sums 2 C terms for each component: it errs by 2 sqrt(2) C u sum |X| |W| for each frequency.
//
// The inverse transform is bounded element by element: the |B| of all layers multiply to the matrix of ones, since each frequency reaches each
// output by one path of entries of modulus 1. So y errs by I u (1 / t) sum over frequencies of |Y|, I = sum of beta_r + rho.
//
// With (1 / t) sum |X| |W| <= (1 / t) ||X||_2 ||W||_2 = ||x||_2 ||w||_2 (Cauchy-Schwarz, Parseval) all of it together is
//   |error of y| <= (2 F + 2 + 2 sqrt(2) C + I) u * sum over c of ||x_c||_2 ||w_c||_2,
// the norm of x over the tile. Where the kernel is in parts, the product sums 2 C terms for each, and the bound is the sum over them: by
// Cauchy-Schwarz at most sqrt(m) ||x_c||_2 ||w_c||_2 over all cells they meet, if m of the tiles of the parts have a cell in common. No such bound holds with sum |x| |w| of the output alone: a large value anywhere in a tile adds error everywhere.
import { elementCount } from "../../base/shape.ts";
import { type Correlation, termCount } from "../../problem/correlation.ts";
import { type Radix, passes, realPasses } from "./lengths.ts";
import { type Tiling, partCount, perAxis, reach } from "./tiling.ts";

/**
 * Roundings on the path of a number through a butterfly, weighted by the coefficients they meet: an addition errs by u. Butterflies of 2
 * and 4 add once and twice; that of 8 adds, adds, multiplies by a rounded constant (2) and adds twice. Those of 3, 5 and 7 take a
 * number by a cosine and by a sine, whose sizes add up to sqrt(2) at most; 3: 3 / 2 roundings by 1/2 and 4 by sqrt(3)/2;
 * 5 and 7: at most 6 and 7 (a sum, a rounded constant, its product, and the additions).
 */
const BUTTERFLY: Readonly<Record<number, number>> = {
  1: 0,
  2: 1,
  3: 5,
  4: 2,
  5: 6 * Math.SQRT2,
  7: 7 * Math.SQRT2,
  8: 6,
};

/** A product of complex numbers errs by sqrt(8) u (Higham, lemma 3.5). */
const PRODUCT = Math.SQRT2 * 2;

/** A rotation by a root of unity that is rounded once. */
const ROTATION = 1 + PRODUCT;

/** A rotation by a product of two such roots. */
const TWIDDLE = 2 + 2 * PRODUCT;

/** The sums F and I above for one axis. */
function axisError(radices: readonly Radix[]): { forward: number; back: number } {
  let forward = 0;
  let back = 0;
  radices.forEach(({ first, second }, at) => {
    for (const points of [first, second]) {
      forward += BUTTERFLY[points]! * Math.sqrt(points);
      back += BUTTERFLY[points]!;
    }
    const rotations = (second > 1 ? ROTATION : 0) + (at + 1 < radices.length ? TWIDDLE : 0);
    forward += rotations;
    back += rotations;
  });
  return { forward, back };
}

/**
 * The bound relative to gamma_(n + 2) sum |x| |w|, for data of uniform magnitude. There the norms over the t cells within reach and over r taps
 * are sqrt(t) and sqrt(r) times the size of a number, and sum |x| |w| is r of their products: the ratio is
 * (constant) sqrt(m t / r) / (n + 2). The 2 for bias and residual, as there.
 */
export function errorGrowth(correlation: Correlation, tiling: Tiling): number {
  const axes = [
    passes(tiling[0].length, tiling[0].held),
    passes(tiling[1].length, tiling[1].held),
    realPasses(tiling[2].length, tiling[2].held),
  ].map(axisError);
  const total = (way: "forward" | "back"): number => axes.reduce((sum, axis) => sum + axis[way], 0);
  const terms = (correlation.C / correlation.groups) * partCount(tiling);
  const constant = 2 * total("forward") + 2 + PRODUCT * terms + total("back");
  const cells = perAxis(tiling, (axis) => reach(axis) * Math.min(axis.parts, Math.ceil(axis.length / axis.part)));
  return (
    ((constant + 2) * Math.sqrt(elementCount(cells) / elementCount(correlation.kernel))) / (termCount(correlation) + 2)
  );
}
