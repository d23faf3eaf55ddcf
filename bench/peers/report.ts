// Formats the results of the peers: their columns of the table, the notes below it, the ratios.
import { type Column, formatNumber } from "../../scripts/harness/table.ts";
import { isWrong } from "../check.ts";
import { PEERS, type PeerName } from "./names.ts";
import type { PeerOutcome, PeerOutcomes } from "./outcome.ts";

/** A row of the table with the results of peers. */
export interface PeerRow {
  /** What was measured, in words. */
  readonly label: string;
  readonly peers?: PeerOutcomes;
}

/** Returns two columns for each peer: its time, and its time over ours. */
export function peerColumns(peers: readonly PeerName[]): Column[] {
  return peers.flatMap((peer) => [
    { title: `${peer} ms`, align: "right" },
    { title: `${peer}/ours`, align: "right" },
  ]);
}

function cells(outcome: PeerOutcome | undefined): [string, string] {
  if (!outcome || outcome.unsupported !== undefined) return ["-", "-"];
  if (outcome.failed !== undefined) return ["FAILED", "-"];
  if (isWrong(outcome)) return ["WRONG", "-"];
  const { milliseconds, ratio } = outcome;
  return [
    milliseconds === undefined ? "-" : formatNumber(milliseconds),
    ratio === undefined ? "-" : formatNumber(ratio),
  ];
}

/** Returns the cells of the peers' columns. */
export function peerCells(peers: readonly PeerName[], outcomes: PeerOutcomes = {}): string[] {
  return peers.flatMap((peer) => cells(outcomes[peer]));
}

/** Returns why an outcome has no time, or null. */
function reason(outcome: PeerOutcome): string | null {
  if (outcome.unsupported !== undefined) return outcome.unsupported;
  if (outcome.failed !== undefined) return `FAILED: ${outcome.failed}`;
  if (isWrong(outcome)) return `WRONG: off by ${outcome.check!.error}, more than ${outcome.check!.bound}`;
  return null;
}

/** Lists each reason why a peer was not timed, with the rows. */
export function peerNotes(rows: readonly PeerRow[]): string[] {
  const reasons = new Map<string, { peer: PeerName; why: string; labels: Set<string> }>();
  for (const { label, peers } of rows) {
    for (const peer of PEERS) {
      const outcome = peers?.[peer];
      const why = outcome && reason(outcome);
      if (!why) continue;
      const key = `${peer} ${why}`;
      const found = reasons.get(key) ?? { peer, why, labels: new Set() };
      found.labels.add(label);
      reasons.set(key, found);
    }
  }
  return [...reasons.values()].map(({ peer, why, labels }) => `${peer} on ${[...labels].join(", ")}: ${why}`);
}

function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

function meanLine(name: string, ratios: readonly number[]): string[] {
  if (ratios.length === 0) return [];
  const [mean, lowest] = [geometricMean(ratios), Math.min(...ratios)].map(formatNumber);
  return [
    ratios.length === 1
      ? `${name}: ${mean} times our time in one row`
      : `${name}: ${mean} times our time (geometric mean of ${ratios.length} rows; lowest ${lowest})`,
  ];
}

/** Returns a line for each peer that has ratios and, for several peers, one for the fastest in each row. */
export function peerSummary(rows: readonly PeerRow[], peers: readonly PeerName[]): string[] {
  const ratios = (of: readonly PeerName[]): number[] =>
    rows.flatMap((row) => {
      const known = of.flatMap((peer) => row.peers?.[peer]?.ratio ?? []);
      return known.length > 0 ? [Math.min(...known)] : [];
    });
  const lines = peers.flatMap((peer) => meanLine(peer, ratios([peer])));
  return lines.length > 1 ? [...lines, ...meanLine("the fastest of them", ratios(peers))] : lines;
}
