// The available tiles F(m, r), and the points of each.
import { type Factors, factors } from "./cook-toom.ts";

/** A tile: computes m outputs of an r-tap kernel along every transformed axis, from points = m + r - 1 inputs. */
export interface Tile {
  readonly name: string;
  readonly m: number;
  readonly r: number;
  readonly points: number;
  readonly factors: Factors;
  /** max over i of sum over s of max over l - j = s of T_i(j, l), in the words of growth.ts, rounded up. */
  readonly amplification: number;
  /** max over i of sum over p of |A^T[i, p]| (sum of |G[p]|) (sum of |B^T[p]|), if every number of the transforms is a multiple of 1/2. */
  readonly magnitude?: number | undefined;
}

function tile(m: number, r: number, pairs: readonly number[], amplification: number, magnitude?: number): Tile {
  return { name: `f${m}x${r}`, m, r, points: m + r - 1, factors: factors(m, r, pairs), amplification, magnitude };
}

/**
 * Tiles of three and five outputs are for the gradients of weights, whose outputs are the taps of a kernel; by the duality of filter and output
 * they have the points of F(r, m).
 *
 * Points are multiples of 1/8, which make A^T and B^T exact in float32, chosen by measured error (relative L2 over 128 channels in
 * two dimensions) in a coarse search up to 5/2: the lowest of those compared at that size, not a proven optimum. In the same
 * measurement F(4, 3) errs about three times as much from 1 and 2, and almost twice as much from 1 and 1/2.
 *
 * test/algorithms/winograd.test.ts computes the last numbers from the matrices.
 */
export const TILES: readonly Tile[] = [
  tile(2, 3, [1], 5, 8),
  tile(4, 3, [5 / 8, 3 / 2], 14.737),
  tile(2, 5, [5 / 8, 3 / 2], 17.561),
  tile(4, 5, [1 / 2, 1, 2], 46.023),
  tile(3, 2, [1], 4, 6),
  tile(3, 4, [5 / 8, 3 / 2], 15.682),
  tile(5, 2, [5 / 8, 3 / 2], 13.665),
  tile(5, 4, [1 / 2, 1, 2], 43.423),
];
