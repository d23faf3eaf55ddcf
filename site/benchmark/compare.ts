// Compares two reports: rows of the same work by the same algorithm.
import { type Report, type Row, isTimed } from "./rows.ts";

export interface Pair {
  readonly left?: Row;
  readonly right?: Row;
  /** The time on the right over that on the left; undefined if either has none. */
  readonly ratio?: number;
}

function keyOf({ suite, layer, what, pass, dtype, layout, batch, algorithm }: Row): string {
  return JSON.stringify([suite, layer, what, pass, dtype, layout, batch, algorithm]);
}

function pair(left: Row | undefined, right: Row | undefined): Pair {
  const timed = left !== undefined && right !== undefined && isTimed(left) && isTimed(right);
  return {
    ...(left && { left }),
    ...(right && { right }),
    ...(timed && { ratio: right.milliseconds / left.milliseconds }),
  };
}

/** Returns every row of both, the rows of the left first. */
export function pairsOf(left: Report, right: Report): Pair[] {
  const rest = new Map(right.rows.map((row) => [keyOf(row), row]));
  const pairs = left.rows.map((row) => {
    const other = rest.get(keyOf(row));
    rest.delete(keyOf(row));
    return pair(row, other);
  });
  return [...pairs, ...[...rest.values()].map((row) => pair(undefined, row))];
}

/** Returns the geometric mean, which does not depend on what is divided by what; undefined of nothing. */
export function geometricMean(ratios: readonly number[]): number | undefined {
  if (ratios.length === 0) return undefined;
  return Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
}

/** Returns the geometric mean of the ratios of pairs. */
export function meanRatio(pairs: readonly Pair[]): number | undefined {
  return geometricMean(pairs.flatMap(({ ratio }) => ratio ?? []));
}
