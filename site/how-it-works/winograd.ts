// Winograd's F(2×2, 3×3): four outputs from a tile of 4×4 inputs with 16 products in place of 36 (Lavin and Gray, 2015).
import { type Matrix, block, hadamard, multiply, tabulate, transpose } from "./matrix.ts";

/** Bᵀ, the transform of inputs. */
export const B_T: Matrix = [
  [1, 0, -1, 0],
  [0, 1, 1, 0],
  [0, -1, 1, 0],
  [0, 1, 0, -1],
];

/** G, the transform of kernels. */
export const G: Matrix = [
  [1, 0, 0],
  [0.5, 0.5, 0.5],
  [0.5, -0.5, 0.5],
  [0, 0, 1],
];

/** Aᵀ, the transform back to outputs. */
export const A_T: Matrix = [
  [1, 1, 1, 0],
  [0, 1, -1, -1],
];

export interface Tile {
  /** The 4×4 inputs. */
  readonly d: number[][];
  /** Bᵀ d B. */
  readonly v: number[][];
  /** U ⊙ V. */
  readonly m: number[][];
  /** Aᵀ M A: the 2×2 outputs. */
  readonly y: number[][];
}

export interface Winograd {
  /** G g Gᵀ. */
  readonly u: number[][];
  /** By tile row and tile column. */
  readonly tiles: Tile[][];
  readonly output: number[][];
}

function bothSides(transform: Matrix, matrix: Matrix): number[][] {
  return multiply(multiply(transform, matrix), transpose(transform));
}

/** @param x a map of even side, of at least 4 cells */
export function winograd(x: Matrix, g: Matrix): Winograd {
  const u = bothSides(G, g);
  const across = (x.length - 2) / 2;
  const tiles = Array.from({ length: across }, (_, row) =>
    Array.from({ length: across }, (__, column) => {
      const d = block(x, 2 * row, 2 * column, 4, 4);
      const v = bothSides(B_T, d);
      const m = hadamard(u, v);
      return { d, v, m, y: bothSides(A_T, m) };
    }),
  );
  const output = tabulate(
    2 * across,
    2 * across,
    (row, column) => tiles[row >> 1]![column >> 1]!.y[row % 2]![column % 2]!,
  );
  return { u, tiles, output };
}
