// A choice in words.
import type { Considered } from "./choose.ts";

/** One line for each algorithm considered, the chosen one first. */
export function explain(considered: readonly Considered[]): string {
  const width = Math.max(...considered.map(({ algorithm }) => algorithm.length));
  return considered
    .map(({ algorithm, variant, seconds, errorGrowth, refused }, rank) => {
      const name = algorithm.padEnd(width);
      if (refused !== undefined) return `   ${name}  refused: ${refused}`;
      return `${String(rank + 1).padStart(2)} ${name}  variant ${variant}, estimated ${((seconds ?? 0) * 1e3).toPrecision(3)} ms, error growth ${errorGrowth}`;
    })
    .join("\n");
}
