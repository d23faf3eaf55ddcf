// Formats the measurements of training: a table with a row for each engine, and what is wrong.
import { type Column, formatNumber, formatTable } from "../../scripts/harness/table.ts";
import { formatSpread } from "../uncertain.ts";
import type { TrainingMeasurement } from "./rows.ts";

const COLUMNS: readonly Column[] = [
  { title: "network", align: "left" },
  { title: "engine", align: "left" },
  { title: "first step ms", align: "right" },
  { title: "step ms", align: "right" },
  { title: "spread", align: "right" },
  { title: "step/ours", align: "right" },
  { title: "losses", align: "left" },
];

/** The largest relative difference of losses that rounding explains, after steps that enlarge it. */
export const LOSS_TOLERANCE = 1e-3;

type Measurements = readonly TrainingMeasurement[];

function oursOf(measurements: Measurements, network: string): TrainingMeasurement["result"] {
  return measurements.find((one) => one.network === network && one.engine === "convoke")?.result;
}

export function trainingTable(measurements: Measurements): string {
  const rows = measurements.map(({ network, engine, result }) => {
    if (!result) return [network, engine, "FAILED", "-", "-", "-", ""];
    const ours = oursOf(measurements, network);
    return [
      ...[network, engine, formatNumber(result.firstMilliseconds), formatNumber(result.milliseconds)],
      formatSpread(result.samples),
      engine === "convoke" || !ours ? "-" : formatNumber(result.milliseconds / ours.milliseconds),
      result.losses.map((loss) => loss.toPrecision(6)).join(" "),
    ];
  });
  return formatTable(COLUMNS, rows);
}

/** Whether two engines train alike. */
export function lossesAgree(ours: readonly number[], theirs: readonly number[]): boolean {
  return (
    ours.length === theirs.length &&
    ours.every((loss, at) => Math.abs(loss - theirs[at]!) <= LOSS_TOLERANCE * Math.abs(theirs[at]!))
  );
}

/** Lists what is wrong with ours: that it failed, or that its losses are not those of a peer. */
export function trainingFailures(measurements: Measurements): string[] {
  return measurements.flatMap(({ network, engine, result, failed }) => {
    if (engine === "convoke") return failed === undefined ? [] : [`${network}: ${failed}`];
    const ours = oursOf(measurements, network);
    return result && ours && !lossesAgree(ours.losses, result.losses)
      ? [`${network}: its losses differ from those of ${engine}`]
      : [];
  });
}

/** Lists why peers have no times. */
export function trainingNotes(measurements: Measurements): string[] {
  return measurements
    .filter(({ engine, failed }) => engine !== "convoke" && failed !== undefined)
    .map(({ network, engine, failed }) => `${engine} on ${network}: FAILED: ${failed}`);
}
