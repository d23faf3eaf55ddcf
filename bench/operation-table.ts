// Formats the measurements of the operations beside convolution: a table with a row for each, and the lines under it.
import { type Column, formatNumber, formatTable } from "../scripts/harness/table.ts";
import { isWrong } from "./check.ts";
import type { OperationMeasurement } from "./operation-rows.ts";
import type { PeerName } from "./peers/names.ts";
import { type PeerRow, peerCells, peerColumns } from "./peers/report.ts";
import type { CallRates, OperationResult } from "./protocol.ts";
import { type Roofline, attainable } from "./roofline.ts";
import { percent, speed } from "./table.ts";
import { formatSpread } from "./uncertain.ts";

const COLUMNS: readonly Column[] = [
  { title: "operation", align: "left" },
  { title: "of", align: "left" },
  { title: "on", align: "left" },
  { title: "ms", align: "right" },
  { title: "spread", align: "right" },
  { title: "GB/s", align: "right" },
  { title: "x copy", align: "right" },
  { title: "x loads", align: "right" },
  { title: "GFLOP/s", align: "right" },
  { title: "roofline", align: "right" },
  { title: "call", align: "right" },
  { title: "error/bound", align: "right" },
];

/** An operation counts as near the adapter's limit up to this multiple of the time of copying its bytes or loading its values, whichever is longer. */
const NEAR = 1.5;

/** The limits of the adapter that operations are measured against. */
export type Limits = CallRates & Pick<Roofline, "bytesPerSecond" | "flopsPerSecond">;

type Timed = OperationResult & { milliseconds: number; samples: readonly number[] };

function counts(result: OperationResult): result is Timed {
  return result.milliseconds !== undefined && !isWrong(result);
}

/** Returns a time as multiples of the time to copy the same bytes and of the time to load as many values. */
export function multiples(
  result: Pick<Timed, "bytes" | "numbers" | "milliseconds">,
  { bytesPerSecond, loadsPerSecond }: Limits,
): { copy: number; loads: number } {
  const seconds = result.milliseconds / 1e3;
  return { copy: (seconds * bytesPerSecond) / result.bytes, loads: (seconds * loadsPerSecond) / result.numbers };
}

/** Compares an operation either with memory or with the roofline. */
function shares(result: Timed, limits: Limits): string[] {
  const { bytes, flops, milliseconds } = result;
  if (flops === undefined) {
    const { copy, loads } = multiples(result, limits);
    return [formatNumber(copy), formatNumber(loads), "-", "-"];
  }
  const reached = speed(flops, milliseconds);
  return ["-", "-", formatNumber(reached / 1e9), percent(reached / attainable(limits, flops, bytes))];
}

function numbers(result: OperationResult, limits: Limits): string[] {
  const { check } = result;
  const error = check === undefined ? "-" : formatNumber(check.error / check.bound);
  if (!counts(result)) return [isWrong(result) ? "WRONG" : "FAILED", "-", "-", "-", "-", "-", "-", "-", error];
  return [
    formatNumber(result.milliseconds),
    formatSpread(result.samples),
    formatNumber(result.bytes / result.milliseconds / 1e6),
    ...shares(result, limits),
    percent(limits.callMilliseconds / result.milliseconds),
    error,
  ];
}

/** Formats the table of all measurements. */
export function operationTable(
  measurements: readonly OperationMeasurement[],
  limits: Limits,
  peers: readonly PeerName[] = [],
): string {
  const rows = measurements.map(({ operation, name, shape, result, peers: outcomes }) => [
    operation,
    name,
    `[${shape.join(", ")}]`,
    ...numbers(result, limits),
    ...peerCells(peers, outcomes),
  ]);
  return formatTable([...COLUMNS, ...peerColumns(peers)], rows);
}

/** Returns a measurement as a row of the peers' report. */
export function operationPeerRow({ operation, name, peers }: OperationMeasurement): PeerRow {
  return { label: `${operation} (${name})`, ...(peers && { peers }) };
}

/** Lists what is wrong with each measurement that has no valid time. */
export function operationFailures(measurements: readonly OperationMeasurement[]): string[] {
  return measurements.flatMap(({ operation, name, result }) => {
    const { check, failed } = result;
    if (failed !== undefined) return [`${operation}, ${name}: ${failed}`];
    return isWrong(result)
      ? [`${operation}, ${name}: off by ${check!.error}, more than the ${check!.bound} that rounding explains`]
      : [];
  });
}

/** Summarises how near the operations come to the adapter's limits. */
export function operationSummary(measurements: readonly OperationMeasurement[], limits: Limits): string {
  const ofMemory = measurements.filter(({ result }) => result.flops === undefined);
  const near = ofMemory.filter(({ result }) => {
    if (!counts(result)) return false;
    const { copy, loads } = multiples(result, limits);
    return Math.min(copy, loads) <= NEAR;
  });
  return [
    `${near.length} of ${ofMemory.length} within ${NEAR} times the slower of copying as many bytes and loading as many numbers`,
    `loads ${formatNumber(limits.loadsPerSecond / 1e9)} G numbers/s`,
    `a call that computes nothing ${formatNumber(limits.callMilliseconds)} ms`,
  ].join("; ");
}
