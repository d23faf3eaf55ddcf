// Measures the convolutions that the options ask for, row by row: Convoke first, then the peers one after another, so that nothing runs beside
// anything else and a slow phase of the machine affects all alike.
import { jobMessage } from "../scripts/harness/answer.ts";
import { Progress } from "../scripts/harness/progress.ts";
import { ALGORITHMS } from "./algorithms.ts";
import type { BenchPage } from "./bench-page.ts";
import { descriptorOf } from "./layer.ts";
import type { Measurement } from "./measurement.ts";
import { type Options, type Row, rowsOf } from "./options.ts";
import type { PeerName } from "./peers/names.ts";
import { type PeerOutcomes, compare } from "./peers/outcome.ts";
import { PeerPages } from "./peers/pages.ts";
import type { PeerResult } from "./peers/protocol.ts";
import type { Result } from "./protocol.ts";
import { callTime } from "./table.ts";

/** The measurements so far. */
export interface Measured {
  readonly measurements: Measurement[];
  /** Package and version of each peer that ran, if peers were asked for. */
  peers?: Readonly<Partial<Record<PeerName, string>>>;
}

/** Returns the algorithms to measure a row by. */
function algorithmsFor({ algorithm }: Options): readonly string[] {
  return algorithm === "all" ? ALGORITHMS : [algorithm];
}

/** Returns the results of a row, one for each algorithm, or with "find" for each candidate. */
async function measureRow(page: BenchPage, row: Row, options: Options): Promise<readonly Result[]> {
  const { layer, pass } = row;
  try {
    await page.ask("prepare", { pass, descriptor: descriptorOf(layer, pass, options) });
    const { samples, peers, kernels } = options;
    const results = await page.ask("run", {
      ...{ algorithms: algorithmsFor(options), samples, calls: peers !== undefined, ...(kernels && { kernels }) },
    });
    // If all algorithms are timed, one that does not support the layer gets no row.
    return options.algorithm === "all" ? results.filter(({ refused }) => refused === undefined) : results;
  } catch (error) {
    return [{ algorithm: options.algorithm, variant: "", flops: 0, bytes: 0, failed: jobMessage(error) }];
  }
}

/** Measures the peers on a row, one after another. */
async function measurePeers(
  pages: PeerPages,
  { layer, pass }: Row,
  { peers = [], batch, samples }: Options,
  progress: Progress,
): Promise<[PeerName, PeerResult][]> {
  const measured: [PeerName, PeerResult][] = [];
  for (const peer of peers) {
    progress.step(`${layer.id} ${pass}: ${peer}`);
    measured.push([peer, await pages.measure(peer, { layer, pass, batch, samples })]);
  }
  return measured;
}

/** Returns the peers' results beside one of ours. */
function beside(result: Result, peers: readonly [PeerName, PeerResult][]): { peers?: PeerOutcomes } {
  if (peers.length === 0) return {};
  return { peers: Object.fromEntries(peers.map(([peer, one]) => [peer, compare(one, callTime(result))])) };
}

/** Measures every row into `into`, which keeps the measurements so far if this fails. */
export async function measureRows(page: BenchPage, options: Options, into: Measured): Promise<void> {
  const { peers = [] } = options;
  const pages = PeerPages.of(page);
  if (peers.length > 0) into.peers = pages.versions;
  const rows = rowsOf(options);
  const progress = new Progress(rows.length * (1 + peers.length));
  try {
    for (const row of rows) {
      progress.step(`${row.layer.id} ${row.pass}: ${options.algorithm}`);
      const results = await measureRow(page, row, options);
      const theirs = await measurePeers(pages, row, options, progress);
      into.measurements.push(...results.map((result) => ({ ...row, result, ...beside(result, theirs) })));
    }
  } finally {
    await pages.close();
  }
  progress.end();
}
