// Measures steps of training: Convoke, then each peer, each in a page of its own, so that nothing is compiled before.
import { jobMessage } from "../../scripts/harness/answer.ts";
import { Progress } from "../../scripts/harness/progress.ts";
import { formatNumber } from "../../scripts/harness/table.ts";
import type { BenchPage } from "../bench-page.ts";
import type { Options } from "../options.ts";
import type { PeerName } from "../peers/names.ts";
import type { TrainingResult } from "./measure.ts";
import { TRAINED } from "./networks.ts";

export interface TrainingMeasurement {
  readonly network: string;
  readonly engine: "convoke" | PeerName;
  readonly result?: TrainingResult;
  readonly failed?: string;
}

export interface MeasuredTraining {
  readonly training: TrainingMeasurement[];
  peers?: Readonly<Partial<Record<PeerName, string>>>;
}

/** Milliseconds after which a peer counts as hanging: it may take minutes to compile a step. */
const PEER_TRAINING_MS = 900_000;

function messageOf(error: unknown): string {
  try {
    return jobMessage(error);
  } catch {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Measures all networks into `into`, which keeps the measurements so far if this fails. */
export async function measureAllTraining(page: BenchPage, options: Options, into: MeasuredTraining): Promise<void> {
  const { models, peers = [], samples } = options;
  const networks = TRAINED.filter(({ id }) => models === undefined || models.includes(id));
  const versions: Partial<Record<PeerName, string>> = {};
  if (peers.length > 0) into.peers = versions;
  const progress = new Progress(networks.length * (1 + peers.length));
  const add = async (
    network: string,
    engine: TrainingMeasurement["engine"],
    measure: () => Promise<TrainingResult>,
  ): Promise<void> => {
    progress.step(`${network}: ${engine}`);
    const measured: TrainingMeasurement = await measure().then(
      (result) => ({ network, engine, result }),
      (error: unknown) => ({ network, engine, failed: messageOf(error) }),
    );
    into.training.push(measured);
    // A network takes minutes on a software adapter: whoever stops the run has at least what was measured so far.
    progress.end();
    const { result } = measured;
    if (result)
      console.log(
        `  first step ${formatNumber(result.firstMilliseconds)} ms, later ${formatNumber(result.milliseconds)} ms`,
      );
  };
  for (const { id: network } of networks) {
    await add(network, "convoke", () => page.ask("train", { network, samples }));
    for (const peer of peers) {
      await add(network, peer, async () => {
        const own = await page.openPeer!(PEER_TRAINING_MS);
        try {
          versions[peer] = await own.ask("open", peer);
          return await own.ask("train", { network, samples });
        } finally {
          await own.close();
        }
      });
    }
  }
  progress.end();
}
