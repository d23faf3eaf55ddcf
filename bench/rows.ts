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

/** Yields the results of a row, one algorithm after another. */
async function* measureRow(page: BenchPage, row: Row, options: Options, progress: Progress): AsyncGenerator<Result> {
  const { layer, pass } = row;
  let ready = false;
  for (const algorithm of algorithmsFor(options)) {
    progress.step(`${layer.id} ${pass}: ${algorithm}`);
    try {
      if (!ready) await page.ask("prepare", { pass, descriptor: descriptorOf(layer, pass, options) });
      ready = true;
      const order = { algorithm, samples: options.samples, calls: options.peers !== undefined };
      for (const result of await page.ask("run", order)) {
        // If all algorithms are timed, one that does not support the layer gets no row.
        if (options.algorithm !== "all" || result.refused === undefined) yield result;
      }
    } catch (error) {
      yield { algorithm, variant: "", flops: 0, bytes: 0, failed: jobMessage(error) };
    }
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
  const { openPeer } = page;
  const { peers = [] } = options;
  const pages = new PeerPages(() => {
    if (!openPeer) throw new Error("there is no page for a peer here");
    return openPeer();
  });
  if (peers.length > 0) into.peers = pages.versions;
  const rows = rowsOf(options);
  const progress = new Progress(rows.length * (algorithmsFor(options).length + peers.length));
  try {
    for (const row of rows) {
      const first = into.measurements.length;
      for await (const result of measureRow(page, row, options, progress)) into.measurements.push({ ...row, result });
      const theirs = await measurePeers(pages, row, options, progress);
      for (let at = first; at < into.measurements.length; at++) {
        const measurement = into.measurements[at]!;
        into.measurements[at] = { ...measurement, ...beside(measurement.result, theirs) };
      }
    }
  } finally {
    await pages.close();
  }
  progress.end();
}
