// The charts of a run: the roofline, the errors, and the times beside those of other engines.
import { duration, number } from "../common/format.ts";
import type { ChartContent } from "./chart.ts";
import { seriesScales } from "./palette.ts";
import { titleOf } from "./peers/engines.ts";
import { callTime } from "./peers/table.ts";
import { type Roof, type Row, flopsPerSecond, intensity, isTimed, methodOf } from "./rows.ts";
import { axisOf, decades, logScale } from "./scales.ts";

const nameOf = (row: Row): string => row.chosen ?? row.algorithm;

export function rooflineChart(rows: readonly Row[], roof: Roof | undefined): ChartContent | undefined {
  const points = rows.filter(isTimed).map((row) => ({
    row,
    name: nameOf(row),
    x: intensity(row),
    y: flopsPerSecond(row) / 1e9,
    title: `${row.layer} ${row.pass}\n${methodOf(row)}\n${duration(row.milliseconds)}, ${number(flopsPerSecond(row) / 1e9)} GFLOP/s`,
  }));
  if (points.length === 0 || !roof) return undefined;
  const peak = roof.flopsPerSecond / 1e9;
  const slope = roof.bytesPerSecond / 1e9;
  const domain = decades([...points.map(({ x }) => x), peak / slope]);
  const speeds = decades([...points.map(({ y }) => y), peak]);
  const line = [domain[0], peak / slope, domain[1]].map((x) => ({ x, y: Math.min(peak, slope * x) }));
  const best = points.reduce((most, point) => (point.y > most.y ? point : most));
  return {
    description: `The roof is ${number(peak)} GFLOP/s and ${number(slope)} GB/s. The fastest of ${points.length} results is ${best.row.layer} by ${best.name} with ${number(best.y)} GFLOP/s.`,
    columns: ["Layer", "Pass", "Algorithm", "FLOP per byte", "GFLOP/s"],
    rows: points.map(({ row, x, y }) => [row.layer, row.pass, methodOf(row), Number(number(x)), Number(number(y))]),
    options: (plot, palette) => ({
      x: logScale(domain, "arithmetic intensity (FLOP per byte)"),
      y: logScale(speeds, "speed (GFLOP/s)"),
      ...seriesScales(
        palette,
        points.map(({ name }) => name),
      ),
      marks: [
        ...axisOf(plot, palette, "x", domain),
        ...axisOf(plot, palette, "y", speeds),
        plot.line(line, { x: "x", y: "y", stroke: palette.ink, strokeWidth: 1.5 }),
        plot.text(line.slice(-1), {
          x: "x",
          y: "y",
          text: () => "measured roof",
          textAnchor: "end",
          dy: -9,
          dx: -4,
          fill: palette.ink,
        }),
        plot.dot(points, { x: "x", y: "y", stroke: "name", symbol: "name", r: 5, strokeWidth: 1.8 }),
        plot.tip(points, plot.pointer({ x: "x", y: "y", title: "title", fill: palette.surface, textPadding: 8 })),
      ],
    }),
  };
}

export function errorChart(rows: readonly Row[]): ChartContent | undefined {
  // A logarithmic axis has no zero: a result without error goes to its left end.
  const least = 1e-6;
  const points = rows.flatMap((row) => {
    if (!row.check || row.check.bound === 0) return [];
    const share = row.check.error / row.check.bound;
    return [
      {
        row,
        check: row.check,
        name: nameOf(row),
        share: Math.min(1e6, Math.max(least, share)),
        title: `${row.layer} ${row.pass}\n${methodOf(row)}\nerror ${number(row.check.error)}, bound ${number(row.check.bound)}`,
      },
    ];
  });
  if (points.length === 0) return undefined;
  const worst = points.reduce((most, point) => (point.share > most.share ? point : most));
  const present = points.map(({ name }) => name);
  // Includes the bound, wherever the errors are.
  const domain = [Math.min(0.1, decades(points.map(({ share }) => share))[0]), Math.max(2, worst.share * 2)] as const;
  return {
    description: `The largest error is ${number(worst.share)} of its bound, of ${worst.row.layer} by ${worst.name}; beyond 1 a result would be wrong.`,
    columns: ["Layer", "Pass", "Algorithm", "Largest error", "Bound", "Error / bound"],
    rows: points.map(({ row, check }) => [
      row.layer,
      row.pass,
      methodOf(row),
      number(check.error),
      number(check.bound),
      number(check.error / check.bound),
    ]),
    options: (plot, palette) => ({
      height: 120 + 30 * new Set(present).size,
      marginLeft: 104,
      x: logScale(domain, "largest error / bound (no unit)"),
      y: { label: null, type: "point", padding: 0.8 },
      ...seriesScales(palette, present),
      symbol: { ...seriesScales(palette, present).symbol, legend: false },
      marks: [
        ...axisOf(plot, palette, "x", domain),
        plot.ruleX([1], { stroke: palette.bad, strokeDasharray: "4 3" }),
        plot.text([1], { x: (x: number) => x, frameAnchor: "top", text: () => "bound", dy: -12, fill: palette.bad }),
        plot.dot(points, { x: "share", y: "name", stroke: "name", symbol: "name", r: 5, strokeWidth: 1.8 }),
        plot.tip(
          points,
          plot.pointer({ x: "share", y: "name", title: "title", fill: palette.surface, textPadding: 8 }),
        ),
      ],
    }),
  };
}

function shortened(name: string, most: number): string {
  return name.length > most ? `${name.slice(0, most - 1)}…` : name;
}

/** For rows beside other engines: their times of a call, and ours. */
export function peersChart(rows: readonly Row[]): ChartContent | undefined {
  const bars = new Map<string, { layer: string; engine: string; milliseconds: number }>();
  const put = (layer: string, engine: string, milliseconds: number): void => {
    const key = `${layer}\n${engine}`;
    if (milliseconds < (bars.get(key)?.milliseconds ?? Infinity)) bars.set(key, { layer, engine, milliseconds });
  };
  const compared = new Set<string>();
  for (const row of rows) {
    const [layer, ours] = [`${row.layer} ${row.pass}`, callTime(row)];
    if (!row.peers?.length) continue;
    compared.add(layer);
    if (ours !== undefined) put(layer, "convoke", ours);
    for (const { name, milliseconds } of row.peers)
      if (milliseconds !== undefined) put(layer, titleOf(name), milliseconds);
  }
  const all = [...bars.values()];
  if (all.length === 0) return undefined;
  return {
    description: `Times of ${new Set(all.map(({ engine }) => engine)).size} engines for ${compared.size} layers; shorter is faster.`,
    columns: ["Layer", "Engine", "Time (ms)"],
    rows: all.map(({ layer, engine, milliseconds }) => [layer, engine, Number(number(milliseconds))]),
    options: (plot, palette) => ({
      height: 60 + all.length * 24 + compared.size * 34,
      marginLeft: 20 + 6.5 * Math.min(18, Math.max(...all.map(({ engine }) => engine.length))),
      marginRight: 64,
      x: { label: "time (ms)", ticks: 4 },
      y: { label: null, tickSize: 0, tickFormat: (engine: string) => shortened(engine, 18) },
      fy: { axis: null, padding: 0.3 },
      marks: [
        plot.gridX({ ticks: 4, stroke: palette.line, strokeOpacity: 1 }),
        plot.barX(all, {
          x: "milliseconds",
          y: "engine",
          fy: "layer",
          fill: ({ engine }: { engine: string }) => (engine === "convoke" ? palette.series[4]! : palette.muted),
        }),
        plot.text(all, {
          x: "milliseconds",
          y: "engine",
          fy: "layer",
          text: ({ milliseconds }: { milliseconds: number }) => duration(milliseconds),
          textAnchor: "start",
          dx: 5,
          fill: palette.ink,
        }),
        plot.ruleX([0], { stroke: palette.muted }),
        plot.text(compared, {
          fy: (layer: string) => layer,
          text: (layer: string) => layer,
          frameAnchor: "top-left",
          dy: -12,
          fontWeight: 600,
          fill: palette.ink,
        }),
      ],
    }),
  };
}
