// Formats the measurements: a table with a row for each way to compute a layer, and the lines under it.
import { describeAdapter } from "../scripts/harness/adapter.ts";
import { type Column, formatBytes, formatNumber, formatTable } from "../scripts/harness/table.ts";
import { isWrong } from "./check.ts";
import { describeLayer } from "./layer.ts";
import type { Measurement } from "./measurement.ts";
import type { PeerName } from "./peers/names.ts";
import { type PeerRow, peerCells, peerColumns } from "./peers/report.ts";
import type { Closed, Opened, Result } from "./protocol.ts";
import { type Roofline, attainable } from "./roofline.ts";
import { type TimedRow, formatSpread } from "./uncertain.ts";

const COLUMNS: readonly Column[] = [
  { title: "layer", align: "left" },
  { title: "convolution", align: "left" },
  { title: "pass", align: "left" },
  { title: "algorithm", align: "left" },
  { title: "ms", align: "right" },
  { title: "spread", align: "right" },
  { title: "GFLOP/s", align: "right" },
  { title: "roofline", align: "right" },
  { title: "workspace", align: "right" },
  { title: "first ms", align: "right" },
  { title: "error/bound", align: "right" },
];

/** Returns a measurement as a row of the peers' report. */
export function peerRow({ layer, pass, peers }: Measurement): PeerRow {
  return { label: `${layer.id} ${pass}`, ...(peers && { peers }) };
}

/** Whether a result has a valid time. */
export function counts(result: Result): result is Result & { milliseconds: number; samples: readonly number[] } {
  return result.milliseconds !== undefined && !isWrong(result);
}

/** Operations of the direct method a second. */
export function speed(flops: number, milliseconds: number): number {
  return flops / (milliseconds / 1e3);
}

export function percent(share: number): string {
  return `${formatNumber(share * 100)} %`;
}

function verdict(result: Result): string {
  if (result.refused !== undefined) return "refused";
  if (result.notMeasured !== undefined) return "not measured";
  return isWrong(result) ? "WRONG" : "FAILED";
}

/** Returns the cells from the time on. */
function numbers(result: Result, roofline: Roofline): string[] {
  const { flops, bytes, workspaceBytes, firstMilliseconds, check } = result;
  const times = counts(result)
    ? [
        formatNumber(result.milliseconds),
        formatSpread(result.samples),
        formatNumber(speed(flops, result.milliseconds) / 1e9),
        percent(speed(flops, result.milliseconds) / attainable(roofline, flops, bytes)),
      ]
    : [verdict(result), "-", "-", "-"];
  return [
    ...times,
    workspaceBytes === undefined ? "-" : formatBytes(workspaceBytes),
    firstMilliseconds === undefined ? "-" : formatNumber(firstMilliseconds),
    check === undefined ? "-" : formatNumber(check.error / check.bound),
  ];
}

/** Returns our time of a call if it is valid: peers are compared with it. */
export function callTime(result: Result): number | undefined {
  return counts(result) ? result.callMilliseconds : undefined;
}

/** Formats the table of all measurements, with columns for the peers. */
export function measurementTable(
  measurements: readonly Measurement[],
  roofline: Roofline,
  peers: readonly PeerName[] = [],
): string {
  const ours = (result: Result): string => {
    const time = callTime(result);
    return time === undefined ? "-" : formatNumber(time);
  };
  const rows = measurements.map(({ layer, pass, result, peers: outcomes }) => [
    layer.id,
    describeLayer(layer),
    pass,
    result.variant === "" ? result.algorithm : `${result.algorithm}/${result.variant}`,
    ...numbers(result, roofline),
    ...(peers.length > 0 ? [ours(result), ...peerCells(peers, outcomes)] : []),
  ]);
  const beside: Column[] = peers.length > 0 ? [{ title: "call ms", align: "right" }, ...peerColumns(peers)] : [];
  return formatTable([...COLUMNS, ...beside], rows);
}

/** Lists what is wrong with each measurement that has no valid time: refusals, which are expected, and failures. */
export function complaints(measurements: readonly Measurement[]): { refusals: string[]; failures: string[] } {
  const refusals: string[] = [];
  const failures: string[] = [];
  for (const { layer, pass, result } of measurements) {
    const name = `${layer.id} ${pass} by ${result.algorithm}`;
    if (result.refused !== undefined) refusals.push(`${name}: ${result.refused}`);
    if (result.failed !== undefined) failures.push(`${name}: ${result.failed}`);
    if (isWrong(result))
      failures.push(
        `${name}: off by ${result.check!.error}, more than the ${result.check!.bound} that rounding explains`,
      );
  }
  return { refusals, failures };
}

/** Lists what was timed: our runs and calls, and those of the peers. */
export function timedRows(measurements: readonly Measurement[]): TimedRow[] {
  return measurements.flatMap(({ layer, pass, result, peers }) => [
    { name: `${layer.id} ${pass} by ${result.algorithm}`, samples: result.samples },
    { name: `calls of ${layer.id} ${pass} by ${result.algorithm}`, samples: result.callSamples },
    ...Object.entries(peers ?? {}).map(([peer, { samples }]) => ({ name: `${layer.id} ${pass} by ${peer}`, samples })),
  ]);
}

/** Returns the milliseconds of a network, each layer as often as it occurs, or null if a layer has no time or more than one. */
export function networkTotal(measurements: readonly Measurement[]): { milliseconds: number; flops: number } | null {
  const total = { milliseconds: 0, flops: 0 };
  const seen = new Set<string>();
  for (const { layer, result } of measurements) {
    if (!counts(result) || seen.has(layer.id)) return null;
    seen.add(layer.id);
    total.milliseconds += layer.count * result.milliseconds;
    total.flops += layer.count * result.flops;
  }
  return seen.size > 0 ? total : null;
}

/** Returns the seconds of planning and compiling, or null if `find` did both by itself. */
export function planningSeconds(measurements: readonly Measurement[]): number | null {
  const times = measurements.flatMap(({ result }) => result.planMilliseconds ?? []);
  return times.length > 0 ? times.reduce((sum, time) => sum + time, 0) / 1e3 : null;
}

/** Returns one line on the adapter and the cost of planning. */
export function summary(
  browser: string,
  { adapter, roofline }: Opened,
  measurements: readonly Measurement[],
  closed: Closed | undefined,
): string {
  const planning = planningSeconds(measurements);
  return [
    describeAdapter(adapter),
    browser,
    `FMA peak ${formatNumber(roofline.flopsPerSecond / 1e9)} GFLOP/s`,
    `copy ${formatNumber(roofline.bytesPerSecond / 1e9)} GB/s read and written`,
    ...(closed ? [`${closed.pipelines} pipelines compiled`, `peak memory ${formatBytes(closed.peakBytes)}`] : []),
    ...(planning === null ? [] : [`planning and compiling ${formatNumber(planning)} s`]),
  ].join("; ");
}
