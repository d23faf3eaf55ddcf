// What a measurement leaves behind: plain data, which is shown, saved, loaded and compared.
import type { Dtype, Layout } from "convoke";
import type { BenchPass } from "../../bench/layer.ts";
import { attainable, spread } from "../../bench/roofline.ts";

/** How far a result is from what it should be, and what that was compared with. */
export interface RowCheck {
  readonly error: number;
  readonly bound: number;
  readonly against: "reference" | "direct";
}

/** A time of another engine for the same work. */
export interface Peer {
  readonly name: string;
  readonly milliseconds: number;
}

/** One layer's pass, computed in one way. */
export interface Row {
  readonly suite: string;
  readonly layer: string;
  /** The layer in a few words. */
  readonly what: string;
  readonly pass: BenchPass;
  readonly dtype: Dtype;
  readonly layout: Layout;
  readonly batch: number;
  /** As it was asked for: a name or "auto". */
  readonly algorithm: string;
  /** What computed it; nothing where it was refused. */
  readonly chosen?: string;
  readonly variant?: string;
  /** Of the direct method, two for a multiply-add. */
  readonly flops: number;
  /** The fewest that must move. */
  readonly bytes: number;
  /** Of one run, the median of the samples. */
  readonly milliseconds?: number;
  readonly samples?: readonly number[];
  /** Planning, compiling and the first run together. */
  readonly firstMilliseconds?: number;
  readonly workspaceBytes?: number;
  readonly preparedBytes?: number;
  readonly check?: RowCheck;
  /** Why the algorithm does not serve the work. */
  readonly refused?: string;
  /** Why it could not run. */
  readonly failed?: string;
  /** Nothing on these pages measures other engines; a file may bring their times. */
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

/** Everything measured in one run. */
export interface Report {
  readonly format: "convoke-benchmark";
  readonly version: 1;
  /** When, as ISO 8601. */
  readonly made: string;
  readonly machine: Machine;
  readonly roofline?: Roof;
  readonly rows: readonly Row[];
}

/** Whether a result is further from what it should be than rounding explains. */
export function isWrong({ check }: Row): boolean {
  return check !== undefined && !(check.error <= check.bound);
}

/** Whether a time may be shown: a wrong result has none. */
export function isTimed(row: Row): row is Row & { milliseconds: number; samples: readonly number[] } {
  return row.milliseconds !== undefined && !isWrong(row);
}

/** Operations a second of the direct method. */
export function flopsPerSecond(row: Row & { milliseconds: number }): number {
  return (row.flops / row.milliseconds) * 1e3;
}

/** Operations for each byte that must move. */
export function intensity({ flops, bytes }: Row): number {
  return flops / bytes;
}

/** The share of what the adapter's arithmetic and memory allow; above one where multiplications are saved. */
export function roofShare(row: Row & { milliseconds: number }, roof: Roof): number {
  return flopsPerSecond(row) / attainable(roof, row.flops, row.bytes);
}

/** The difference of the slowest and the fastest sample as a share of the median. */
export function spreadOf(samples: readonly number[]): number | undefined {
  return samples.length > 1 ? spread(samples) : undefined;
}

/** What computed a row, with its variant. */
export function methodOf({ algorithm, chosen, variant }: Row): string {
  const name = chosen ?? algorithm;
  return variant === undefined || variant === "" ? name : `${name} ${variant}`;
}
