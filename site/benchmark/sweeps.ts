// Sweeps over one size of a convolution, which show where algorithms cross: their jobs and charts.
import { type Layer, type Shape, square } from "../../bench/layer.ts";
import { duration, number } from "../common/format.ts";
import type { ChartContent } from "./chart.ts";
import type { Job } from "./jobs.ts";
import { seriesScales } from "./palette.ts";
import { type Row, isTimed } from "./rows.ts";
import { around, axisOf, logScale } from "./scales.ts";

export const SCALES = {
  small: { channels: 8, size: 24, name: "small: 8 channels, 24 x 24" },
  medium: { channels: 32, size: 56, name: "medium: 32 channels, 56 x 56" },
  large: { channels: 128, size: 112, name: "large: 128 channels, 112 x 112" },
} as const;
export type Scale = keyof typeof SCALES;

export interface Sweep {
  readonly id: string;
  readonly title: string;
  readonly about: string;
  /** The label of the axis, with its unit. */
  readonly axis: string;
  readonly values: (scale: Scale) => readonly number[];
  readonly shape: (value: number, scale: Scale) => Shape;
  readonly algorithms: readonly string[];
}

const upTo = (values: readonly number[], most: number): number[] => values.filter((value) => value <= most);

export const SWEEPS: readonly Sweep[] = [
  {
    id: "kernel",
    title: "Time by algorithm over kernel size",
    about: "Where direct, Winograd and FFT cross: their work grows with the kernel in different ways.",
    axis: "kernel size (cells along each side)",
    values: (scale) => upTo([3, 5, 7, 9, 11, 15, 19, 25, 31], scale === "small" ? 15 : 31),
    shape: (value, scale) => square(SCALES[scale].channels, SCALES[scale].channels, SCALES[scale].size, value),
    algorithms: ["direct", "implicit-gemm", "winograd", "fft"],
  },
  {
    id: "channels",
    title: "Time by algorithm over channels",
    about: "3x3 kernels: with more channels every value that is loaded is used more often.",
    axis: "channels (of input and output each)",
    values: (scale) => upTo([4, 8, 16, 32, 64, 128, 256, 512], 8 * SCALES[scale].channels),
    shape: (value, scale) => square(value, value, SCALES[scale].size / 2, 3),
    algorithms: ["direct", "implicit-gemm", "im2col", "winograd"],
  },
  {
    id: "map",
    title: "Time by algorithm over map size",
    about: "3x3 kernels: small maps leave most of a GPU idle, large ones fill it.",
    axis: "map size (cells along each side)",
    values: (scale) => upTo([7, 14, 28, 56, 112, 224], 2 * SCALES[scale].size),
    shape: (value, scale) => square(SCALES[scale].channels, SCALES[scale].channels, value, 3),
    algorithms: ["direct", "implicit-gemm", "im2col", "winograd"],
  },
];

/** Returns the jobs of a sweep, value by value, so that all lines grow together. */
export function sweepJobs(sweep: Sweep, scale: Scale): Job[] {
  return sweep.values(scale).flatMap((value) => {
    const layer: Layer = { ...sweep.shape(value, scale), id: String(value), pass: "forward", count: 1 };
    return sweep.algorithms.map((algorithm): Job => ({
      ...{ suite: `sweep-${sweep.id}`, layer, pass: "forward", dtype: "f32", layout: "channels-first", batch: 1 },
      algorithm,
    }));
  });
}

/** Makes the chart of a sweep. Its rows carry the value in place of a layer's name. */
export function sweepChart(sweep: Sweep, rows: readonly Row[]): ChartContent | undefined {
  const points = rows.filter(isTimed).map((row) => ({
    x: Number(row.layer),
    y: row.milliseconds,
    name: row.algorithm,
    title: `${row.what.replace("->", "→")}\n${row.algorithm} ${row.variant ?? ""}\n${duration(row.milliseconds)}`,
  }));
  if (points.length === 0) return undefined;
  const values = [...new Set(points.map(({ x }) => x))].toSorted((a, b) => a - b);
  const last = values.at(-1)!;
  const times = around(points.map(({ y }) => y));
  const fastest = points.filter(({ x }) => x === last).reduce((best, point) => (point.y < best.y ? point : best));
  return {
    description: `At ${last} the fastest so far is ${fastest.name} with ${duration(fastest.y)}.`,
    columns: [sweep.axis, "Algorithm", "Time (ms)", "Verdict"],
    rows: rows.map((row) => [
      Number(row.layer),
      row.algorithm,
      isTimed(row) ? Number(number(row.milliseconds)) : "–",
      row.refused ?? row.failed ?? (isTimed(row) ? "right" : "wrong"),
    ]),
    options: (plot, palette) => ({
      x: {
        type: "log",
        domain: values.length > 1 ? [values[0]!, last] : [last / 2, last * 2],
        ticks: values,
        tickFormat: (value: number) => String(value),
        label: sweep.axis,
      },
      y: logScale(times, "time of one run (ms)"),
      ...seriesScales(
        palette,
        points.map(({ name }) => name),
      ),
      marks: [
        ...axisOf(plot, palette, "y", times),
        plot.lineY(points, { x: "x", y: "y", z: "name", stroke: "name", strokeWidth: 2 }),
        plot.dot(points, {
          x: "x",
          y: "y",
          stroke: "name",
          symbol: "name",
          fill: palette.surface,
          r: 4.5,
          strokeWidth: 1.8,
        }),
        plot.tip(points, plot.pointer({ x: "x", y: "y", title: "title", fill: palette.surface, textPadding: 8 })),
      ],
    }),
  };
}
