// What was measured as text: a row for each way to compute a layer, and the lines under the table.
import { describeAdapter } from "../scripts/harness/adapter.ts";
import { type Column, formatBytes, formatNumber, formatTable } from "../scripts/harness/table.ts";
import { isWrong } from "./check.ts";
import { describeLayer } from "./layer.ts";
import type { Measurement } from "./measurement.ts";
import type { PeerName } from "./peers/names.ts";
import { peerCells, peerColumns } from "./peers/report.ts";
import type { Closed, Opened, Result } from "./protocol.ts";
import { type Roofline, attainable, spread } from "./roofline.ts";

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

/** Whether a time may be quoted. */
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
  return isWrong(result) ? "WRONG" : "FAILED";
}

/** The last columns, from the time on. */
function numbers(result: Result, roofline: Roofline): string[] {
  const { flops, bytes, workspaceBytes, firstMilliseconds, check } = result;
  const times = counts(result)
    ? [
        formatNumber(result.milliseconds),
        result.samples.length > 1 ? percent(spread(result.samples)) : "-",
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

/** Our time of a call, where it may be quoted: what a peer's time is set against. */
export function callTime(result: Result): number | undefined {
  return counts(result) ? result.callMilliseconds : undefined;
}

/** The table of everything measured, with columns for those peers. */
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

/** What is wrong with each measurement that has no time to quote, and how that counts. */
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

/** Milliseconds of a network: each layer as often as it occurs. Nothing where a layer has no time, or more than one. */
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

/** Seconds of planning and compiling all of it; nothing where the engine did so by itself, in `find`. */
export function planningSeconds(measurements: readonly Measurement[]): number | null {
  const times = measurements.flatMap(({ result }) => result.planMilliseconds ?? []);
  return times.length > 0 ? times.reduce((sum, time) => sum + time, 0) / 1e3 : null;
}

/** One line on the adapter and on what planning cost. */
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
