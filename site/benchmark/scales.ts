// Logarithmic axes: whole decades, and ticks that do not crowd.
import { number } from "../common/format.ts";
import type { Plot } from "./chart.ts";
import type { Palette } from "./palette.ts";

/** Returns the powers of ten around some values. */
export function decades(values: readonly number[]): [number, number] {
  const least = Math.min(...values);
  const most = Math.max(...values);
  return [10 ** Math.floor(Math.log10(least) - 0.1), 10 ** Math.ceil(Math.log10(most) + 0.1)];
}

/** Returns a domain with a little room around some values. */
export function around(values: readonly number[]): [number, number] {
  return [Math.min(...values) / 1.5, Math.max(...values) * 1.5];
}

/** Returns ticks: the powers of ten within a domain, with 2 and 5 times them if they are few, every other one if they are many. */
export function logTicks([least, most]: readonly [number, number]): number[] {
  const first = Math.ceil(Math.log10(least) - 1e-9);
  const last = Math.floor(Math.log10(most) + 1e-9);
  const step = last - first > 4 ? 2 : 1;
  const steps = last - first <= 2 ? [1, 2, 5] : [1];
  const ticks: number[] = [];
  for (let power = first - 1; power <= last; power += step) ticks.push(...steps.map((factor) => factor * 10 ** power));
  return ticks.filter((tick) => tick >= least * 0.999 && tick <= most * 1.001);
}

/** Formats a tick briefly. */
function tickText(value: number): string {
  return value >= 1e-3 && value < 1e5 ? number(value) : value.toExponential(0);
}

/** Returns the options of a logarithmic axis. `axisOf` draws it, since Plot itself omits some labels. */
export function logScale(domain: readonly [number, number], label: string) {
  return { type: "log" as const, domain, label };
}

/** Returns the marks that draw the ticks and grid lines of an axis. */
export function axisOf(plot: Plot, palette: Palette, which: "x" | "y", domain: readonly [number, number]) {
  const ticks = logTicks(domain);
  const lines = { stroke: palette.line, strokeOpacity: 1 };
  const text = { text: tickText, tickSize: 0, tickPadding: 6 };
  return which === "x"
    ? [plot.gridX(ticks, lines), plot.axisX(ticks, text)]
    : [plot.gridY(ticks, lines), plot.axisY(ticks, text)];
}
