// Formats the measurements of models: a table with a row for each engine, and the ratios.
import { type Column, formatBytes, formatNumber, formatTable } from "../../scripts/harness/table.ts";
import type { ModelMeasurement } from "./rows.ts";

const COLUMNS: readonly Column[] = [
  { title: "model", align: "left" },
  { title: "engine", align: "left" },
  { title: "load ms", align: "right" },
  { title: "first run ms", align: "right" },
  { title: "later runs ms", align: "right" },
  { title: "first/ours", align: "right" },
  { title: "later/ours", align: "right" },
  { title: "GPU", align: "right" },
  { title: "error", align: "right" },
];

/** The largest error of an output relative to its largest value that counts as right. */
export const MODEL_TOLERANCE = 1e-4;

type Measurements = readonly ModelMeasurement[];

function oursOf(measurements: Measurements, model: string): ModelMeasurement["result"] {
  return measurements.find((one) => one.model === model && one.engine === "convoke")?.result;
}

function ratio(theirs: number, ours: number | undefined): string {
  return ours === undefined ? "-" : formatNumber(theirs / ours);
}

export function modelTable(measurements: Measurements): string {
  const rows = measurements.map(({ model, engine, backend, result, error }) => {
    const name = engine === "convoke" ? engine : `${engine} ${backend}`;
    if (!result) return [model, name, "FAILED", ...COLUMNS.slice(3).map(() => "-")];
    const ours = engine === "convoke" ? undefined : oursOf(measurements, model);
    return [
      model,
      name,
      formatNumber(result.loadMilliseconds),
      formatNumber(result.firstMilliseconds),
      formatNumber(result.milliseconds),
      ratio(result.firstMilliseconds, ours?.firstMilliseconds),
      ratio(result.milliseconds, ours?.milliseconds),
      backend === "webgpu" ? formatBytes(result.peakBytes) : "-",
      error === undefined ? "-" : error.toExponential(1),
    ];
  });
  return formatTable(COLUMNS, rows);
}

/** Lists what is wrong with each measurement of ours; peers that fail are notes. */
export function modelFailures(measurements: Measurements): string[] {
  return measurements
    .filter(({ engine }) => engine === "convoke")
    .flatMap(({ model, failed, error }) => {
      if (failed !== undefined) return [`${model}: ${failed}`];
      return error !== undefined && !(error <= MODEL_TOLERANCE)
        ? [`${model}: off by ${error} of the largest value, more than ${MODEL_TOLERANCE}`]
        : [];
    });
}

/** Lists why peers have no times. */
export function modelNotes(measurements: Measurements): string[] {
  return measurements
    .filter(({ engine, failed }) => engine !== "convoke" && failed !== undefined)
    .map(({ model, engine, backend, failed }) => `${engine} ${backend} on ${model}: FAILED: ${failed}`);
}

/** The time of the fastest peer on WebGPU over ours, of later and of first runs: geometric means and the least. */
export function modelSummary(measurements: Measurements): string[] {
  const models = [...new Set(measurements.map(({ model }) => model))];
  const lines = (["milliseconds", "firstMilliseconds"] as const).map((time) => {
    const ratios = models.flatMap((model) => {
      const ours = oursOf(measurements, model)?.[time];
      const theirs = measurements
        .filter((one) => one.model === model && one.engine !== "convoke" && one.backend === "webgpu")
        .flatMap(({ result }) => (result ? [result[time]] : []));
      return ours === undefined || theirs.length === 0 ? [] : [Math.min(...theirs) / ours];
    });
    if (ratios.length === 0) return "";
    const mean = Math.exp(ratios.reduce((sum, one) => sum + Math.log(one), 0) / ratios.length);
    const what = time === "milliseconds" ? "later" : "first";
    return (
      `${what} runs, fastest WebGPU peer over ours: geometric mean ${formatNumber(mean)}, ` +
      `least ${formatNumber(Math.min(...ratios))} (${ratios.length} models)`
    );
  });
  return lines.filter((line) => line !== "");
}
