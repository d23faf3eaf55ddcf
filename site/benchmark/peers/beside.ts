// Sets a row beside other engines: the time of its calls, and theirs.
import type { ConvPlan, Engine } from "convoke";
import { isWrong } from "../../../bench/check.ts";
import type { PeerName } from "../../../bench/peers/names.ts";
import type { PeerPages } from "../../../bench/peers/pages.ts";
import type { PeerResult } from "../../../bench/peers/protocol.ts";
import { timeCallsOfPlans } from "../../../bench/together.ts";
import type { Job } from "../jobs.ts";
import type { Prepared } from "../prepare.ts";
import type { Peer, Row } from "../rows.ts";
import { until } from "../slices.ts";
import { titleOf } from "./engines.ts";

/** The engines of a run, and where they run. */
export interface OtherEngines {
  readonly names: readonly PeerName[];
  readonly pages: PeerPages;
}

interface Means {
  readonly engine: Engine;
  readonly others: OtherEngines;
  readonly samples: number;
  readonly signal: AbortSignal;
  readonly stage: (words: string) => void;
}

function peerOf(name: PeerName, { failed, unsupported, milliseconds, ...result }: PeerResult): Peer {
  if (unsupported !== undefined) return { name, reason: unsupported };
  if (failed !== undefined) return { name, reason: `it failed: ${failed}` };
  if (isWrong(result)) return { name, reason: "its result is wrong: further off than rounding explains" };
  return milliseconds === undefined ? { name, reason: "it gave no time" } : { name, milliseconds };
}

/** Returns the row with the time of its plan's calls, and what each of the other engines takes for the same layer, in float32. */
export async function besideOthers(
  means: Means,
  { inputs }: Prepared,
  plan: ConvPlan,
  job: Job,
  row: Row,
): Promise<Row> {
  const { engine, others, samples, signal, stage } = means;
  stage("timing its calls");
  const timings = timeCallsOfPlans({ device: engine.device, plans: [plan], inputs, samples, signal });
  const [calls] = await until(signal, timings);
  const peers: Peer[] = [];
  for (const name of others.names) {
    stage(`timing ${titleOf(name)}`);
    const { layer, pass, batch } = job;
    peers.push(peerOf(name, await until(signal, others.pages.measure(name, { layer, pass, batch, samples }))));
  }
  return { ...row, callMilliseconds: calls!.seconds * 1e3, peers };
}
