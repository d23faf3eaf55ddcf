// A row of results: plain data, which is shown, saved, loaded and compared.
import type { Dtype, Layout } from "convoke";
import type { BenchPass } from "../../bench/layer.ts";
import { attainable } from "../../bench/roofline.ts";
import { spread } from "../../bench/stopwatch.ts";

/** The error of a result, and the ground truth it was compared with. */
export interface RowCheck {
  readonly error: number;
  readonly bound: number;
  readonly against: "reference" | "direct";
}

/** Another engine on the same work: the time of its calls, or the reason why it has none. */
export interface Peer {
  readonly name: string;
  readonly milliseconds?: number;
  readonly reason?: string;
}

/** A pass of one layer, computed by one algorithm. */
export interface Row {
  readonly suite: string;
  readonly layer: string;
  /** The layer in a few words. */
  readonly what: string;
  readonly pass: BenchPass;
  readonly dtype: Dtype;
  readonly layout: Layout;
  readonly batch: number;
  /** The requested algorithm: a name or "auto". */
  readonly algorithm: string;
  /** The algorithm that computed it; undefined if refused. */
  readonly chosen?: string;
  readonly variant?: string;
  /** Operations of the direct method, two for each multiply-add. */
  readonly flops: number;
  /** The fewest bytes that must move. */
  readonly bytes: number;
  /** The time of one run, the median of the samples. */
  readonly milliseconds?: number;
  readonly samples?: readonly number[];
  /** Planning, compiling and the first run together. */
  readonly firstMilliseconds?: number;
  readonly workspaceBytes?: number;
  readonly preparedBytes?: number;
  readonly check?: RowCheck;
  /** Why the algorithm does not support the work. */
  readonly refused?: string;
  /** Why it could not run. */
  readonly failed?: string;
  /** The time of a call with a result of its own, measured where other engines are. */
  readonly callMilliseconds?: number;
  readonly peers?: readonly Peer[];
}

export interface Machine {
  readonly adapter: string;
  readonly browser: string;
  readonly features: readonly string[];
  readonly limits: Readonly<Record<string, number>>;
}

export interface Roof {
  readonly flopsPerSecond: number;
  readonly bytesPerSecond: number;
}

/** The results of one run. */
export interface Report {
  readonly format: "convoke-benchmark";
  readonly version: 1;
  /** The time of the run, in ISO 8601. */
  readonly made: string;
  readonly machine: Machine;
  readonly roofline?: Roof;
  readonly rows: readonly Row[];
}

/** Whether the error of a result is larger than rounding explains. */
export function isWrong({ check }: Row): boolean {
  return check !== undefined && !(check.error <= check.bound);
}

/** Whether a row has a valid time: a wrong result has none. */
export function isTimed(row: Row): row is Row & { milliseconds: number; samples: readonly number[] } {
  return row.milliseconds !== undefined && !isWrong(row);
}

/** Returns the operations of the direct method a second. */
export function flopsPerSecond(row: Row & { milliseconds: number }): number {
  return (row.flops / row.milliseconds) * 1e3;
}

/** Returns the operations for each byte that must move. */
export function intensity({ flops, bytes }: Row): number {
  return flops / bytes;
}

/** Returns the share of the roofline; it can exceed one if the algorithm saves multiplications. */
export function roofShare(row: Row & { milliseconds: number }, roof: Roof): number {
  return flopsPerSecond(row) / attainable(roof, row.flops, row.bytes);
}

/** Returns the difference of the slowest and the fastest sample, relative to the median. */
export function spreadOf(samples: readonly number[]): number | undefined {
  return samples.length > 1 ? spread(samples) : undefined;
}

/** Returns the algorithm that computed a row, with its variant. */
export function methodOf({ algorithm, chosen, variant }: Row): string {
  const name = chosen ?? algorithm;
  return variant === undefined || variant === "" ? name : `${name} ${variant}`;
}
