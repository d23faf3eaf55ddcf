// The roofline of an adapter (Williams, Waterman, Patterson, 2009), measured: how fast it multiplies and adds, and how fast it moves memory.
// Both kernels leave behind what shows that they did all of their work.
import { type Recorder, Stopwatch, type Timing, median } from "../src/gpu/stopwatch.ts";
import type { Engine } from "../src/index.ts";
import { unroll } from "../src/kernel/unroll.ts";
import { noise } from "../src/planner/noise.ts";
import fmaShader from "./fma.wgsl?raw";

export interface Roofline {
  /** Floating-point operations a second of fused multiply-adds, two for each. */
  readonly flopsPerSecond: number;
  /** Chains of vec4f in one invocation that this was reached with. */
  readonly chains: number;
  /** Bytes read and written a second when one buffer is copied to another. */
  readonly bytesPerSecond: number;
}

/** Operations a second that memory and arithmetic allow for work of so many operations on so many bytes. */
export function attainable(
  { flopsPerSecond, bytesPerSecond }: Pick<Roofline, "flopsPerSecond" | "bytesPerSecond">,
  flops: number,
  bytes: number,
): number {
  return Math.min(flopsPerSecond, (bytesPerSecond * flops) / bytes);
}

/** The difference of the slowest and the fastest sample as a share of the median. */
export function spread(samples: readonly number[]): number {
  return (Math.max(...samples) - Math.min(...samples)) / median(samples);
}

/** Adapters differ in how many chains hide the latency of an operation before registers run out. */
const CHAIN_COUNTS = [2, 4, 8];

/** As in fma.wgsl. */
const STEPS = 16;
const WORKGROUP = 64;

/** Rounds of STEPS: an invocation is long beside starting it, and what a chain counts, and the sum of all chains, is exact in float32. */
const ROUNDS = 256;

/** Invocations of a dispatch: from few, on an adapter that computes on the CPU, to what fills the largest GPUs. */
const INVOCATIONS = { least: 2 ** 10, most: 2 ** 20 };

/** A dispatch of this length is not about launching it. */
const LONG_SECONDS = 0.01;

/** Larger than the caches of most adapters. */
const COPY_BYTES = 2 ** 26;

const SAMPLES = 3;

/** A peak is what an adapter can do where nothing disturbs it. */
function fastest({ samples }: Timing): number {
  return Math.min(...samples);
}

/** Operations a second of the shader with so many chains. */
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
    return fastest(await stopwatch.time(record, samples));
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
    const seconds = fastest(
      await stopwatch.time((encoder, count) => {
        for (let turn = 0; turn < count; turn++)
          encoder.copyBufferToBuffer(source.buffer, 0, target.buffer, 0, COPY_BYTES);
      }, SAMPLES),
    );
    const copied = await target.read();
    if (!copied.every((value, at) => value === values[at])) throw new Error("a buffer was not copied as it should be");
    return (2 * COPY_BYTES) / seconds;
  } finally {
    source.destroy();
    target.destroy();
  }
}

/** Measures what the adapter of an engine can do. */
export async function measureRoofline(engine: Engine): Promise<Roofline> {
  const stopwatch = new Stopwatch(engine.device);
  let best = { flopsPerSecond: 0, chains: 0 };
  for (const chains of CHAIN_COUNTS) {
    const flopsPerSecond = await timeChains(engine, stopwatch, chains);
    if (flopsPerSecond > best.flopsPerSecond) best = { flopsPerSecond, chains };
  }
  return { ...best, bytesPerSecond: await timeCopy(engine, stopwatch) };
}
