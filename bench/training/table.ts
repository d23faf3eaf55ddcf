// Formats the measurements of training: a table with a row for each engine, and what is wrong.
import { type Column, formatNumber, formatTable } from "../../scripts/harness/table.ts";
import { formatSpread } from "../uncertain.ts";
import type { TrainingResult } from "./measure.ts";
import { networkOf } from "./networks.ts";
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

/** The largest relative difference from the losses in float64 that rounding explains, after steps that enlarge it. */
export const LOSS_TOLERANCE = 1e-3;

type Measurements = readonly TrainingMeasurement[];

function oursOf(measurements: Measurements, network: string): TrainingMeasurement["result"] {
  return measurements.find((one) => one.network === network && one.engine === "convoke")?.result;
}

export function trainingTable(measurements: Measurements): string {
  const rows = measurements.map(({ network, engine, result }) => {
    if (!result) return [network, engine, "FAILED", "-", "-", "-", ""];
    const ours = oursOf(measurements, network);
    const isOurs = engine === "convoke";
    return [
      ...[network, engine, formatNumber(result.firstMilliseconds), formatNumber(result.milliseconds)],
      formatSpread(result.samples),
      isOurs || !ours || !trainsRight(network, result) ? "-" : formatNumber(result.milliseconds / ours.milliseconds),
      result.losses.map((loss) => loss.toPrecision(6)).join(" "),
    ];
  });
  return formatTable(COLUMNS, rows);
}

/** Whether the losses of an engine are those in float64. */
export function trainsRight(network: string, { losses }: Pick<TrainingResult, "losses">): boolean {
  const expected = networkOf(network).losses;
  const right = expected.every((loss, at) => Math.abs(losses[at]! - loss) <= LOSS_TOLERANCE * loss);
  return right && losses.length === expected.length;
}

/** Why a measurement does not count, if so. */
function faultOf({ network, result, failed }: TrainingMeasurement): string | undefined {
  if (!result) return `FAILED: ${failed}`;
  if (trainsRight(network, result)) return undefined;
  return `its losses are not those in float64, ${networkOf(network).losses.join(" ")}`;
}

/** Lists what is wrong with ours. */
export function trainingFailures(measurements: Measurements): string[] {
  const ours = measurements.filter(({ engine }) => engine === "convoke");
  return ours.flatMap((one) => {
    const fault = faultOf(one);
    return fault === undefined ? [] : [`${one.network}: ${fault}`];
  });
}

/** Lists why times of peers are not compared. */
export function trainingNotes(measurements: Measurements): string[] {
  const peers = measurements.filter(({ engine }) => engine !== "convoke");
  return peers.flatMap((one) => {
    const fault = faultOf(one);
    return fault === undefined ? [] : [`${one.engine} on ${one.network}: ${fault}`];
  });
}
