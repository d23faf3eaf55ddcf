// Formats a choice as text, for `ConvPlan.explain`.
import { type Work, spent } from "../algorithms/cost.ts";
import type { DeviceTraits } from "../algorithms/traits.ts";
import type { Choice } from "./choose.ts";

/** Returns a line for each algorithm considered, the chosen one first, and a last one for what planning assumes of the device. */
export function explain({ considered, ranked, device }: Pick<Choice, "considered" | "ranked" | "device">): string {
  const width = Math.max(...considered.map(({ algorithm }) => algorithm.length));
  const lines = considered.map(
    ({ algorithm, variant, seconds, measured, errorGrowth, workspaceBytes, refused }, rank) => {
      const name = algorithm.padEnd(width);
      if (refused !== undefined) return `   ${name}  refused: ${refused}`;
      const known = measured === undefined ? "" : `measured ${milliseconds(measured)}, `;
      const [best, ...others] = ranked.filter((one) => one.algorithm === algorithm);
      const why = best ? ` for ${mostSpent(best.candidate.work, device)}` : "";
      const rest = others.map((one) => `${one.candidate.variant} ${milliseconds(one.measured ?? one.seconds)}`);
      return `${String(rank + 1).padStart(2)} ${name}  variant ${variant}, ${known}estimated ${milliseconds(seconds ?? 0)}${why}, workspace ${workspaceBytes} bytes, error growth ${Number((errorGrowth ?? 1).toPrecision(3))}${rest.length > 0 ? `; then ${rest.join(", ")}` : ""}`;
    },
  );
  return [...lines, traits(device)].join("\n");
}

/** What dispatches spend most of their time on. */
function mostSpent(work: readonly Work[], { rates }: DeviceTraits): string {
  const totals = new Map<string, number>();
  for (const one of work)
    for (const [name, seconds] of Object.entries(spent(one, rates)))
      totals.set(name, (totals.get(name) ?? 0) + seconds);
  return [...totals].reduce((most, one) => (one[1] > most[1] ? one : most), ["nothing", 0])[0];
}

function traits({ gpu, maxSums, workgroupBytes, cores, cacheBytes, subgroupSize, rates }: DeviceTraits): string {
  const tera = Number((rates.multiplyAdds / 1e12).toPrecision(3));
  return `   device: ${gpu}, ${maxSums} sums a thread, ${workgroupBytes} bytes of workgroup memory, ${cores} cores, ${cacheBytes} bytes of cache${subgroupSize === undefined ? "" : `, subgroups of ${subgroupSize}`}, ${tera}e12 multiply-adds a second`;
}

function milliseconds(seconds: number): string {
  return `${(seconds * 1e3).toPrecision(3)} ms`;
}
