// The score: how many times as fast as the reference machine the layers of the test run, as a geometric mean. Speeds are compared, not times, since
// maps grow until a run fills the machine.
import { geometricMean } from "../compare.ts";
import { type Row, flopsPerSecond, isTimed } from "../rows.ts";
import { SCORE_SUITE } from "./contests.ts";

/** The machine whose score is 1: measured by `npm run bench` (bench/results/2026-11-21-swiftshader-chromium-156.json). */
export const REFERENCE = {
  name: "two CPU cores running SwiftShader in Chromium 156",
  /** GFLOP/s of each layer, by the operations of the direct method. */
  speeds: { L1: 15.5, L2: 17.2, L4: 11.5, L5: 9.46, L6: 6.95, L8: 2.4, L9: 20, L13: 5.9 },
} as const;

export interface Score {
  /** How many times as fast as the reference machine. */
  readonly times: number;
  /** Layers that it is the mean of. */
  readonly layers: number;
}

/** How many layers the whole score has. */
export const SCORE_LAYERS = Object.keys(REFERENCE.speeds).length;

/** Returns the score of some rows, or undefined if none counts. */
export function scoreOf(rows: readonly Row[]): Score | undefined {
  const ratios = rows.flatMap((row) => {
    const speed = (REFERENCE.speeds as Readonly<Record<string, number>>)[row.layer];
    const counts = speed !== undefined && isTimed(row) && isScored(row);
    return counts ? [flopsPerSecond(row) / 1e9 / speed] : [];
  });
  const times = geometricMean(ratios);
  return times === undefined ? undefined : { times, layers: ratios.length };
}

/** Whether a row is one of the score's, measured here or by `npm run bench`. */
function isScored({ suite, pass, dtype, batch, algorithm }: Row): boolean {
  return suite === SCORE_SUITE && pass === "forward" && dtype === "f32" && batch === 1 && algorithm === "auto";
}
