// Measures the roofline of an adapter (Williams, Waterman, Patterson, 2009): how fast it multiplies and adds, and how fast it moves memory. Both
// kernels leave results that prove they did all of their work.
import type { Engine } from "../src/index.ts";
import { unroll } from "../src/kernel/unroll.ts";
import { noise } from "../src/planner/noise.ts";
import fmaShader from "./fma.wgsl?raw";
import { type Recorder, Stopwatch } from "./stopwatch.ts";

export interface Roofline {
  /** Floating-point operations a second, two for each fused multiply-add. */
  readonly flopsPerSecond: number;
  /** The number of vec4f chains in one invocation that reached this. */
  readonly chains: number;
  /** Bytes read and written a second while one buffer is copied to another. */
  readonly bytesPerSecond: number;
}

/** Returns the operations a second that memory and arithmetic allow for work with these operations and bytes. */
export function attainable(
  { flopsPerSecond, bytesPerSecond }: Pick<Roofline, "flopsPerSecond" | "bytesPerSecond">,
  flops: number,
  bytes: number,
): number {
  return Math.min(flopsPerSecond, (bytesPerSecond * flops) / bytes);
}

/** Candidates for the number of chains: adapters differ in how many hide the latency of an operation before registers run out. */
const CHAIN_COUNTS = [2, 4, 8];

/** STEPS of fma.wgsl. */
const STEPS = 16;
const WORKGROUP = 64;

/** Rounds of STEPS: enough to outweigh the start of an invocation, and few enough that chains and their sum are exact in float32. */
const ROUNDS = 256;

/** Invocations of a dispatch: from few, for an adapter on the CPU, to enough to fill the largest GPUs. */
const INVOCATIONS = { least: 2 ** 10, most: 2 ** 20 };

/** In a dispatch of this length the launch does not matter. */
const LONG_SECONDS = 0.01;

/** Larger than the caches of most adapters. */
const COPY_BYTES = 2 ** 26;

const SAMPLES = 3;

/** Measures the operations a second of the shader with a number of chains. */
async function timeChains(engine: Engine, stopwatch: Stopwatch, chains: number): Promise<number> {
  const { device } = engine;
  const code = unroll(`const CHAINS = ${chains}u;\n${fmaShader}`);
  const module = device.createShaderModule({ code });
  const pipeline = await device.createComputePipelineAsync({ layout: "auto", compute: { module } });
  const numbers = engine.tensor([1, 1, ROUNDS], [3]);
  const results = engine.empty([INVOCATIONS.most, 4]);
  const group = device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: [numbers, results].map(({ buffer }, binding) => ({ binding, resource: { buffer } })),
  });
  const time = async (invocations: number, samples: number): Promise<number> => {
    const record: Recorder = (encoder, count) => {
      for (let turn = 0; turn < count; turn++) {
        const pass = encoder.beginComputePass();
        pass.setPipeline(pipeline);
        pass.setBindGroup(0, group);
        pass.dispatchWorkgroups(invocations / WORKGROUP);
        pass.end();
      }
    };
    return stopwatch.sampler(record).fastest(samples);
  };
  try {
    let invocations = INVOCATIONS.least;
    while (invocations < INVOCATIONS.most && (await time(invocations, 1)) < LONG_SECONDS) invocations *= 4;
    const seconds = await time(invocations, SAMPLES);
    checkChains((await results.read()).subarray(0, 4 * invocations), chains);
    return (invocations * chains * 4 * 2 * STEPS * ROUNDS) / seconds;
  } finally {
    numbers.destroy();
    results.destroy();
  }
}

/** Every chain started at (invocation % 16) + chain + lane and counted its steps. */
function checkChains(sums: Float32Array, chains: number): void {
  const started = (chains * (chains - 1)) / 2;
  sums.forEach((sum, at) => {
    const expected = started + chains * ((Math.floor(at / 4) % 16) + (at % 4) + STEPS * ROUNDS);
    if (sum !== expected) throw new Error(`the FMA kernel gave ${sum} where ${expected} shows all of its work`);
  });
}

async function timeCopy(engine: Engine, stopwatch: Stopwatch): Promise<number> {
  const values = noise(COPY_BYTES / 4, 1);
  const source = engine.tensor(values, [values.length]);
  const target = engine.empty([values.length]);
  try {
    const record: Recorder = (encoder, count) => {
      for (let turn = 0; turn < count; turn++)
        encoder.copyBufferToBuffer(source.buffer, 0, target.buffer, 0, COPY_BYTES);
    };
    const seconds = await stopwatch.sampler(record).fastest(SAMPLES);
    const copied = await target.read();
    if (!copied.every((value, at) => value === values[at])) throw new Error("a buffer was not copied as it should be");
    return (2 * COPY_BYTES) / seconds;
  } finally {
    source.destroy();
    target.destroy();
  }
}

/** Measures the roofline of an engine's adapter. */
export async function measureRoofline(engine: Engine): Promise<Roofline> {
  const stopwatch = new Stopwatch(engine.device);
  let best = { flopsPerSecond: 0, chains: 0 };
  for (const chains of CHAIN_COUNTS) {
    const flopsPerSecond = await timeChains(engine, stopwatch, chains);
    if (flopsPerSecond > best.flopsPerSecond) best = { flopsPerSecond, chains };
  }
  return { ...best, bytesPerSecond: await timeCopy(engine, stopwatch) };
}
