// Logarithmic axes that read well: whole decades, and ticks that do not crowd.
import { number } from "../common/format.ts";
import type { Plot } from "./chart.ts";
import type { Palette } from "./palette.ts";

/** Powers of ten around some numbers. */
export function decades(values: readonly number[]): [number, number] {
  const least = Math.min(...values);
  const most = Math.max(...values);
  return [10 ** Math.floor(Math.log10(least) - 0.1), 10 ** Math.ceil(Math.log10(most) + 0.1)];
}

/** A little room around some numbers. */
export function around(values: readonly number[]): [number, number] {
  return [Math.min(...values) / 1.5, Math.max(...values) * 1.5];
}

/** Powers of ten within a domain, and where that has few of them their doubles and fives; every other one where it has many. */
export function logTicks([least, most]: readonly [number, number]): number[] {
  const first = Math.ceil(Math.log10(least) - 1e-9);
  const last = Math.floor(Math.log10(most) + 1e-9);
  const step = last - first > 4 ? 2 : 1;
  const steps = last - first <= 2 ? [1, 2, 5] : [1];
  const ticks: number[] = [];
  for (let power = first - 1; power <= last; power += step) ticks.push(...steps.map((factor) => factor * 10 ** power));
  return ticks.filter((tick) => tick >= least * 0.999 && tick <= most * 1.001);
}

/** A tick in as few letters as will do. */
function tickText(value: number): string {
  return value >= 1e-3 && value < 1e5 ? number(value) : value.toExponential(0);
}

/** The options of such an axis. It is drawn by `axisOf`, since Plot leaves out labels of a logarithmic axis as it sees fit. */
export function logScale(domain: readonly [number, number], label: string) {
  return { type: "log" as const, domain, label };
}

/** What draws the ticks of an axis and its lines. */
export function axisOf(plot: Plot, palette: Palette, which: "x" | "y", domain: readonly [number, number]) {
  const ticks = logTicks(domain);
  const lines = { stroke: palette.line, strokeOpacity: 1 };
  const text = { text: tickText, tickSize: 0, tickPadding: 6 };
  return which === "x"
    ? [plot.gridX(ticks, lines), plot.axisX(ticks, text)]
    : [plot.gridY(ticks, lines), plot.axisY(ticks, text)];
}
