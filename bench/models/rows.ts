// Measures the models that the options ask for, one after another: Convoke, then each peer on WebGPU and in WebAssembly, each in a page of its
// own, so that nothing is compiled before.
import { jobMessage } from "../../scripts/harness/answer.ts";
import { Progress } from "../../scripts/harness/progress.ts";
import type { BenchPage } from "../bench-page.ts";
import type { Options } from "../options.ts";
import type { PeerName } from "../peers/names.ts";
import { type BenchModel, MODELS } from "./list.ts";
import type { ModelResult } from "./measure.ts";
import { MODEL_PEERS, type PeerBackend } from "./peers.ts";

/** The result of an engine without the outputs, and how far these are from the expected ones. */
export interface ModelMeasurement {
  readonly model: string;
  readonly engine: "convoke" | PeerName;
  readonly backend: PeerBackend;
  readonly result?: Omit<ModelResult, "outputs">;
  /** The largest difference from the outputs of the peer in WebAssembly, over the largest value of the output. */
  readonly error?: number;
  readonly failed?: string;
}

export interface MeasuredModels {
  readonly models: ModelMeasurement[];
  peers?: Readonly<Partial<Record<PeerName, string>>>;
}

/** Milliseconds after which a peer counts as hanging on a model: a run may take half a minute on a software adapter. */
export const PEER_MODEL_MS = 900_000;

type Outputs = ModelResult["outputs"];

/** The largest error of any output, relative to the largest value of that output. Infinite if an output is missing or has other sizes. */
export function relativeError(got: Outputs, expected: Outputs): number {
  const errors = Object.entries(expected).map(([name, wanted]) => {
    const numbers = got[name];
    if (numbers?.length !== wanted.length) return Infinity;
    let [largest, difference] = [0, 0];
    for (let at = 0; at < wanted.length; at++) {
      largest = Math.max(largest, Math.abs(wanted[at]!));
      const off = Math.abs(numbers[at]! - wanted[at]!);
      difference = Math.max(difference, Number.isNaN(off) ? Infinity : off);
    }
    return difference === 0 ? 0 : difference / largest;
  });
  return Math.max(...errors);
}

interface Raw extends Pick<ModelMeasurement, "engine" | "backend"> {
  readonly answer: ModelResult | { readonly failed: string };
}

/** The message of a failed job, or of a page that is lost. */
export function messageOf(error: unknown): string {
  try {
    return jobMessage(error);
  } catch {
    return error instanceof Error ? error.message : String(error);
  }
}

async function measurePeer(
  page: BenchPage,
  { id }: BenchModel,
  peer: PeerName,
  backend: PeerBackend,
  { samples }: Options,
  versions: Partial<Record<PeerName, string>>,
): Promise<Raw> {
  try {
    const own = await page.openPeer!(PEER_MODEL_MS);
    try {
      const { version, result } = await own.ask("model", { peer, backend, model: id, samples });
      versions[peer] = version;
      return { engine: peer, backend, answer: result };
    } finally {
      await own.close();
    }
  } catch (error) {
    return { engine: peer, backend, answer: { failed: messageOf(error) } };
  }
}

/** The models that the options ask for. */
export function modelsOf({ models }: Pick<Options, "models">): readonly BenchModel[] {
  return MODELS.filter(({ id }) => models === undefined || models.includes(id));
}

/** Measures every model into `into`, which keeps the measurements so far if this fails. */
export async function measureModels(page: BenchPage, options: Options, into: MeasuredModels): Promise<void> {
  const rows = modelsOf(options);
  const versions: Partial<Record<PeerName, string>> = {};
  if (options.peers) into.peers = versions;
  const turns = rows.map((model) => {
    const peers = (options.peers ?? []).filter((peer) => MODEL_PEERS[peer] === model.format);
    return {
      model,
      pairs: peers.flatMap((peer) => (["webgpu", "wasm"] as const).map((backend) => ({ peer, backend }))),
    };
  });
  const progress = new Progress(turns.reduce((sum, { pairs }) => sum + 1 + pairs.length, 0));
  for (const { model, pairs } of turns) {
    progress.step(model.id);
    const raw: Raw[] = [
      {
        engine: "convoke",
        backend: "webgpu",
        answer: await page
          .ask("model", { model: model.id, samples: options.samples, ...(options.kernels && { kernels: true }) })
          .catch((error: unknown) => ({ failed: jobMessage(error) })),
      },
    ];
    for (const { peer, backend } of pairs) {
      progress.step(`${model.id}: ${peer} ${backend}`);
      raw.push(await measurePeer(page, model, peer, backend, options, versions));
    }
    const judge = raw.find(({ backend, answer }) => backend === "wasm" && "outputs" in answer)?.answer as
      | ModelResult
      | undefined;
    for (const { engine, backend, answer } of raw)
      into.models.push(measurementOf(model.id, engine, backend, answer, judge));
  }
  progress.end();
}

function measurementOf(
  model: string,
  engine: ModelMeasurement["engine"],
  backend: PeerBackend,
  answer: Raw["answer"],
  judge: ModelResult | undefined,
): ModelMeasurement {
  if ("failed" in answer) return { model, engine, backend, failed: answer.failed };
  const { outputs, ...result } = answer;
  return { model, engine, backend, result, ...(judge && { error: relativeError(outputs, judge.outputs) }) };
}
