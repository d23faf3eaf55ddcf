// The suite `tfjs` in a page whose peer is TensorFlow.js: the same work with and without the adapter.
import * as tf from "@tensorflow/tfjs-core";
import { timeCalls } from "../calls.ts";
import { median } from "../stopwatch.ts";
import type { AdapterCalls, ProgramOrder, ProgramResult } from "../tfjs/protocol.ts";
import { programs } from "./programs.ts";
import { syncWebGpu } from "./tfjs.ts";

let statistics: (() => Readonly<Record<string, AdapterCalls>>) | undefined;

/** Imports the adapter; without this call the page computes by TensorFlow.js' own kernels. */
export async function importAdapter(): Promise<null> {
  ({ statistics } = await import("convoke/tfjs"));
  return null;
}

/** Returns the calls of the adapter's kernels until now. */
export function adapterCalls(): AdapterCalls {
  const all = Object.values(statistics?.() ?? {});
  const sum = (which: keyof AdapterCalls): number => all.reduce((total, calls) => total + calls[which], 0);
  return { served: sum("served"), passedOn: sum("passedOn") };
}

/** Loads a program, runs it and times it. */
export async function runProgram({ program, samples }: ProgramOrder, files: string): Promise<ProgramResult> {
  const start = performance.now();
  const loaded = await programs[program](files);
  try {
    const values = await loaded.first();
    const firstMilliseconds = performance.now() - start;
    const timing = await timeCalls(loaded, samples);
    return {
      firstMilliseconds,
      milliseconds: timing.seconds * 1e3,
      samples: timing.samples.map((seconds) => seconds * 1e3),
      values,
    };
  } finally {
    loaded.dispose();
  }
}

/** Calls between two waits for the GPU, and the number of such rounds. */
const CALLS = 100;
const ROUNDS = 21;

/**
 * Measures the time of a call of `Conv2D` on the CPU, in microseconds: from the call of the kernel until it returns, with all that is
 * recorded and submitted in between. The GPU has next to nothing to compute.
 */
export async function measureHostTime(): Promise<number> {
  const backend = tf.backend();
  const [x, filter] = [tf.zeros([1, 8, 8, 4]), tf.zeros([3, 3, 4, 8])];
  const { kernelFunc } = tf.getKernel("Conv2D", tf.getBackend());
  const call = {
    inputs: { x, filter },
    attrs: { strides: [1, 1], pad: "same", dataFormat: "NHWC", dilations: [1, 1] },
    backend,
  };
  const rounds: number[] = [];
  while (rounds.length < ROUNDS) {
    const results: tf.TensorInfo[] = [];
    const start = performance.now();
    while (results.length < CALLS) results.push(kernelFunc(call) as tf.TensorInfo);
    rounds.push(((performance.now() - start) * 1e3) / CALLS);
    for (const { dataId } of results) backend.disposeData(dataId);
    await syncWebGpu(tf);
  }
  tf.dispose([x, filter]);
  return median(rounds);
}
