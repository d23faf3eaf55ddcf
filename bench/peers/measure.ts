// A peer's page: starts its one peer and has it compute, checked and timed in the same way for all peers. The check is that of Convoke's own
// results, except for the bound.
import { answer } from "../../scripts/harness/answer.ts";
import { distance } from "../../src/conv/find.ts";
import { type Engine, createEngine } from "../../src/index.ts";
import { type Calls, timeCalls } from "../calls.ts";
import { type GroundTruth, groundTruth } from "../ground-truth.ts";
import { descriptorOf, problemOf } from "../layer.ts";
import { operandsOf } from "../operands.ts";
import { compareResults } from "../operation-check.ts";
import { OPERATIONS } from "../operations.ts";
import type { Check } from "../protocol.ts";
import { type TrainingOrder, type TrainingResult, measureTraining } from "../training/measure.ts";
import { networkOf } from "../training/networks.ts";
import type { Peer, PeerEngine } from "./adapter.ts";
import { runPeerModel } from "./models.ts";
import { operationTask } from "./operations.ts";
import manifest from "./package.json";
import type { PeerBench, PeerOperation, PeerResult, PeerWork } from "./protocol.ts";
import { peers } from "./registry.ts";

/** The address at which server.ts serves the packages' files. */
const FILES = "/files";

/**
 * The largest accepted error of a peer, relative to the largest value. Its method is unknown here, so there is no error bound: float32 by any
 * usual method errs by less than a tenth of this, half precision by ten times as much.
 */
const TOLERANCE = 1e-4;

interface Started {
  readonly peer: Peer;
  readonly engine: PeerEngine;
  /** Computes the expected result, on a device of its own. */
  readonly judge: Engine;
}

let started: Started | undefined;
const errors: string[] = [];

async function open(name: Parameters<PeerBench["open"]>[0]): Promise<string> {
  const peer = peers[name];
  const engine = await peer.open(FILES);
  engine.device?.addEventListener("uncapturederror", (event) => errors.push(event.error.message));
  started = { peer, engine, judge: await createEngine({ tuning: "forget" }) };
  const versions: Record<string, string> = manifest.dependencies;
  return `${peer.package} ${versions[peer.package]}`;
}

function check(values: ArrayLike<number>, { expected, against }: GroundTruth): Check {
  if (values.length !== expected.length)
    throw new Error(`the result has ${values.length} elements, expected ${expected.length}`);
  let largest = 0;
  for (let at = 0; at < expected.length; at++) largest = Math.max(largest, Math.abs(expected[at]!));
  return { error: distance(values, expected), bound: TOLERANCE * largest, against };
}

/** Runs, checks and times; a wrong result gets no time. */
async function judged(runner: Calls, start: number, samples: number, judge: () => Promise<Check>): Promise<PeerResult> {
  await runner.run();
  await runner.sync();
  const firstMilliseconds = performance.now() - start;
  const checked = await judge();
  if (errors.length > 0) throw new Error(errors.splice(0)[0]);
  if (!(checked.error <= checked.bound)) return { firstMilliseconds, check: checked };
  const timing = await timeCalls(runner, samples);
  if (errors.length > 0) throw new Error(errors.splice(0)[0]);
  return {
    firstMilliseconds,
    check: checked,
    milliseconds: timing.seconds * 1e3,
    samples: timing.samples.map((seconds) => seconds * 1e3),
  };
}

async function measure({ layer, pass, batch, samples }: PeerWork): Promise<PeerResult> {
  if (!started) throw new Error("no peer is open");
  const { peer, engine, judge } = started;
  const descriptor = descriptorOf(layer, pass, { batch, layout: "channels-first", dtype: "f32" });
  const problem = problemOf(pass, descriptor);
  const supported = peer.supports(problem, pass);
  if (supported !== true) return { unsupported: supported };
  const operands = operandsOf(problem);
  errors.length = 0;
  const start = performance.now();
  const runner = await engine.prepare({ pass, problem, operands });
  try {
    return await judged(runner, start, samples, async () =>
      check(await runner.read(), await groundTruth(judge, pass, descriptor, problem, operands)),
    );
  } finally {
    runner.dispose();
  }
}

async function operate({ entry, batch, samples }: PeerOperation): Promise<PeerResult> {
  if (!started) throw new Error("no peer is open");
  const { operations } = started.engine;
  if (!operations) return { unsupported: "it is timed on convolutions alone" };
  const { operation } = OPERATIONS[entry]!;
  if (!operations.has(operation)) return { unsupported: "it has no such operation" };
  const task = operationTask(entry, { layout: operations.layout, dtype: "f32", batch });
  errors.length = 0;
  const start = performance.now();
  const runner = await operations.prepare(task);
  try {
    return await judged(runner, start, samples, async () => compareResults(await runner.read(), task.expected));
  } finally {
    runner.dispose();
  }
}

async function train({ network, samples }: TrainingOrder): Promise<TrainingResult> {
  if (!started) throw new Error("no peer is open");
  const { engine } = started;
  if (!engine.train) throw new Error("it does not train");
  errors.length = 0;
  const result = await measureTraining(engine.train, networkOf(network), samples);
  if (errors.length > 0) throw new Error(errors.splice(0)[0]);
  return result;
}

export const peerBench: PeerBench = {
  open: (name) => answer(() => open(name)),
  measure: (work) => answer(() => measure(work)),
  operate: (work) => answer(() => operate(work)),
  train: (order) => answer(() => train(order)),
  model: (order) => answer(() => runPeerModel(order, FILES)),
  // Loaded with the first question: only one peer has programs.
  adapt: () => answer(async () => (await import("./adapted.ts")).importAdapter()),
  adapterCalls: () => answer(async () => (await import("./adapted.ts")).adapterCalls()),
  program: (order) => answer(async () => (await import("./adapted.ts")).runProgram(order, FILES)),
  hostTime: () => answer(async () => (await import("./adapted.ts")).measureHostTime()),
};
