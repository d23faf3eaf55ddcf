// What the peers' page of `npm run bench` answers.
import { answer } from "../../scripts/harness/answer.ts";
import { compareResults } from "../operation-check.ts";
import { OPERATIONS } from "../operations.ts";
import { type TrainingOrder, type TrainingResult, measureTraining } from "../training/measure.ts";
import { networkOf } from "../training/networks.ts";
import { measureLayer } from "./layers.ts";
import { runPeerModel } from "./models.ts";
import { operationTask } from "./operations.ts";
import type { PeerBench, PeerOperation, PeerResult } from "./protocol.ts";
import { forgetErrors, judged, start, startedPeer, throwErrors } from "./started.ts";

/** The address at which server.ts serves the packages' files. */
const FILES = "/files";

async function operate({ entry, batch, samples }: PeerOperation): Promise<PeerResult> {
  const { operations } = startedPeer().engine;
  if (!operations) return { unsupported: "it is timed on convolutions alone" };
  const { operation } = OPERATIONS[entry]!;
  if (!operations.has(operation)) return { unsupported: "it has no such operation" };
  const task = operationTask(entry, { layout: operations.layout, dtype: "f32", batch });
  forgetErrors();
  const begun = performance.now();
  const runner = await operations.prepare(task);
  try {
    return await judged(runner, begun, samples, async () => compareResults(await runner.read(), task.expected));
  } finally {
    runner.dispose();
  }
}

async function train({ network, samples }: TrainingOrder): Promise<TrainingResult> {
  const { engine } = startedPeer();
  if (!engine.train) throw new Error("it does not train");
  forgetErrors();
  const result = await measureTraining(engine.train, networkOf(network), samples);
  throwErrors();
  return result;
}

export const peerBench: PeerBench = {
  open: (name) => answer(() => start(name, FILES)),
  measure: (work) => answer(() => measureLayer(work)),
  operate: (work) => answer(() => operate(work)),
  train: (order) => answer(() => train(order)),
  model: (order) => answer(() => runPeerModel(order, FILES)),
  // Loaded with the first question: only one peer has programs.
  adapt: () => answer(async () => (await import("./adapted.ts")).importAdapter()),
  adapterCalls: () => answer(async () => (await import("./adapted.ts")).adapterCalls()),
  program: (order) => answer(async () => (await import("./adapted.ts")).runProgram(order, FILES)),
  hostTime: () => answer(async () => (await import("./adapted.ts")).measureHostTime()),
};
