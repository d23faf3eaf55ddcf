// Formats a choice as text, for `ConvPlan.explain`.
import type { Considered } from "./choose.ts";

/** Returns one line for each algorithm considered, the chosen one first. */
export function explain(considered: readonly Considered[]): string {
  const width = Math.max(...considered.map(({ algorithm }) => algorithm.length));
  return considered
    .map(({ algorithm, variant, seconds, measured, errorGrowth, workspaceBytes, refused }, rank) => {
      const name = algorithm.padEnd(width);
      if (refused !== undefined) return `   ${name}  refused: ${refused}`;
      const known = measured === undefined ? "" : `measured ${milliseconds(measured)}, `;
      return `${String(rank + 1).padStart(2)} ${name}  variant ${variant}, ${known}estimated ${milliseconds(seconds ?? 0)}, workspace ${workspaceBytes} bytes, error growth ${Number((errorGrowth ?? 1).toPrecision(3))}`;
    })
    .join("\n");
}

function milliseconds(seconds: number): string {
  return `${(seconds * 1e3).toPrecision(3)} ms`;
}
