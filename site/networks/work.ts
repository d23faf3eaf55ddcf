// Plans and times layers for the planner's part of the page.
import { ConvError, type ConvPlan, type Engine } from "convoke";
import { type Layer, type Shape, descriptorOf } from "../../bench/layer.ts";
import type { Stopwatch } from "../../bench/stopwatch.ts";

/** The number of samples of a timing, and the seconds of a run above which one sample is enough. */
const SAMPLES = 5;
const SLOW_SECONDS = 0.5;

/** Random numbers, repeated to fill a tensor. */
const NUMBERS = 2 ** 16;

function descriptor(layer: Shape) {
  return descriptorOf(layer, "forward", { batch: 1, layout: "channels-first", dtype: "f32" });
}

export function planLayer(engine: Engine, layer: Layer): Promise<ConvPlan> {
  return engine.plan("forward", descriptor(layer), { algorithm: "auto" });
}

/** Whether every other layer would fail with the same error. */
export function isFinal(error: unknown): boolean {
  return !(error instanceof ConvError) || error.code === "device-lost" || error.code === "destroyed";
}

let numbers: Float32Array | undefined;

function random(shape: readonly number[]): Float32Array {
  numbers ??= Float32Array.from({ length: NUMBERS }, () => Math.random() - 0.5);
  const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
  for (let at = 0; at < values.length; at += NUMBERS) values.set(numbers.subarray(0, values.length - at), at);
  return values;
}

/**
 * Returns the seconds of a run of a plan on random data.
 * @throws ConvError if the GPU fails, as `read` does
 */
export async function timePlan(engine: Engine, stopwatch: Stopwatch, plan: ConvPlan, layer: Layer): Promise<number> {
  const { inputShape, kernelShape } = descriptor(layer);
  const tensors = [
    engine.tensor(random(inputShape), inputShape),
    engine.tensor(random(kernelShape), kernelShape),
    engine.empty(plan.outputShape),
  ] as const;
  const [x, w, y] = tensors;
  // A workspace of our own is freed here, not with the plan: the workspaces of a whole network are large.
  const own = plan.workspaceBytes > 0 && plan.workspaceBytes <= engine.device.limits.maxStorageBufferBindingSize;
  const workspace = own ? engine.empty([Math.ceil(plan.workspaceBytes / 4)]) : undefined;
  const record = (encoder: GPUCommandEncoder, count: number): void => {
    for (let run = 0; run < count; run++)
      plan.encode(encoder, { x, w, y, ...(workspace && { workspace: workspace.buffer }) });
  };
  try {
    const encoder = engine.device.createCommandEncoder();
    record(encoder, 1);
    engine.device.queue.submit([encoder.finish()]);
    // The first run prepacks the weights, and reading its result reveals failures.
    await y.read();
    return (await stopwatch.time(record, SAMPLES, SLOW_SECONDS)).seconds;
  } finally {
    for (const tensor of [...tensors, workspace]) tensor?.destroy();
  }
}

/** Lets the page draw and handle clicks. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve));
}
