// Feature maps of many sizes through one layer. After three sizes and three batch sizes a new one compiles nothing, and few prepacked copies of
// the weights are kept. On a fake device, which counts pipelines and buffers.
import { describe, expect, it } from "vitest";
import { type Engine, conv, convBackwardData, convBackwardWeights, createEngine } from "../../src/index.ts";
import { fakeDevice } from "../suite/fake-device.ts";

const FIRST = { sizes: [24, 33, 46], batches: [2, 8] };
const LATER = { sizes: [20, 22, 25, 27, 28, 30, 32, 35, 40, 41, 49, 51], batches: [3, 5, 6] };
const CHANNELS = 16;

interface Layer {
  readonly kernel: readonly number[];
  readonly stride?: number;
  readonly groups?: number;
}

const LAYERS: Readonly<Record<string, Layer>> = {
  "3x3": { kernel: [16, 16, 3, 3] },
  "3x3 at stride 2": { kernel: [16, 16, 3, 3], stride: 2 },
  "5x5 depthwise": { kernel: [16, 1, 5, 5], groups: 16 },
};

/** Runs a pass of a layer on a batch of maps of a size. */
type Run = (size: number, batch: number) => void;

const PASSES: Readonly<Record<string, (engine: Engine, layer: Layer, algorithm: string) => Run>> = {
  forward(engine, { kernel, ...layer }, algorithm) {
    const w = engine.empty(kernel);
    return (size, batch) => {
      using x = engine.empty([batch, CHANNELS, size, size]);
      conv(x, w, { ...layer, padding: kernel[2]! >> 1, algorithm }).destroy();
    };
  },
  "backward-data"(engine, { kernel, ...layer }, algorithm) {
    const w = engine.empty(kernel);
    return (size, batch) => {
      const inputShape = [batch, CHANNELS, size, size];
      using dy = engine.empty([batch, CHANNELS, ...outputs(layer, size)]);
      convBackwardData(dy, w, { ...layer, padding: kernel[2]! >> 1, algorithm, inputShape }).destroy();
    };
  },
  "backward-weights"(engine, { kernel, ...layer }, algorithm) {
    return (size, batch) => {
      using x = engine.empty([batch, CHANNELS, size, size]);
      using dy = engine.empty([batch, CHANNELS, ...outputs(layer, size)]);
      convBackwardWeights(x, dy, { ...layer, padding: kernel[2]! >> 1, algorithm, kernelShape: kernel }).destroy();
    };
  },
};

function outputs({ stride = 1 }: Pick<Layer, "stride">, size: number): number[] {
  return [Math.ceil(size / stride), Math.ceil(size / stride)];
}

/**
 * The kernels of transforms of other lengths: there are four lengths in each octave, and each has
 * a pass that holds its line in registers and an inverse of its own, and the product one of a few tiles.
 */
const MORE_OF_FFT = 28;

/**
 * Kernels that later sizes may compile, where they may any, on hardware and on software. A gradient of weights takes 8 columns of a map at once if
 * they divide its rows, and 7 otherwise, which divide them or not: maps of 7, 14 and 28 columns, as most networks have, took up to twice the time
 * in steps of 8 that end past the row. Matrix products have a few tiles, sums are split or not, and "auto" may choose another algorithm or tile,
 * with kernels of its own, for another class of sizes: under a stride of 2 `direct` takes 0.4 to 0.7 of the time of `im2col` where rows divide its
 * tiles, and on small maps. On GPUs, what needs fewer dispatches is chosen where estimates are level. Winograd's tiles of a few sizes have
 * transforms of their own, and the product one of a few tiles: a map that another tile divides better compiles three, or four with the weights'.
 */
const MORE: Readonly<Record<string, readonly [number, number]>> = {
  "3x3 at stride 2 backward-data auto": [0, 3],
  "3x3 at stride 2 backward-data direct": [0, 2],
  "3x3 at stride 2 backward-data im2col": [0, 1],
  "3x3 at stride 2 backward-data implicit-gemm": [0, 1],
  "3x3 at stride 2 backward-weights auto": [2, 2],
  "3x3 at stride 2 backward-weights direct": [2, 2],
  "3x3 at stride 2 backward-weights im2col": [1, 0],
  "3x3 at stride 2 backward-weights implicit-gemm": [1, 0],
  "3x3 at stride 2 forward auto": [4, 4],
  "3x3 at stride 2 forward direct": [0, 1],
  "3x3 at stride 2 forward im2col": [0, 1],
  "3x3 backward-data implicit-gemm": [0, 1],
  "3x3 backward-data winograd": [0, 3],
  "3x3 backward-weights auto": [4, 0],
  "3x3 backward-weights direct": [1, 1],
  "3x3 backward-weights winograd": [3, 0],
  "3x3 forward implicit-gemm": [0, 1],
  "3x3 forward winograd": [0, 3],
  "5x5 depthwise backward-data im2col": [1, 0],
  "5x5 depthwise backward-data implicit-gemm": [1, 0],
  "5x5 depthwise backward-weights auto": [1, 1],
  "5x5 depthwise backward-weights depthwise": [1, 1],
  "5x5 depthwise backward-weights direct": [1, 1],
  "5x5 depthwise forward im2col": [1, 0],
  "5x5 depthwise forward implicit-gemm": [1, 0],
};

const ADAPTERS = ["hardware", "software"] as const;

describe.each(Object.keys(LAYERS).flatMap((name) => ADAPTERS.map((adapter) => [name, adapter] as const)))(
  "%s on %s: after three sizes and batches no new one compiles anything",
  (name, adapter) => {
    const algorithms = [
      "auto",
      "direct",
      "im2col",
      "implicit-gemm",
      "fft",
      ...({ "3x3": ["winograd"], "5x5 depthwise": ["depthwise"] }[name] ?? []),
    ];
    it.each(Object.keys(PASSES).flatMap((pass) => algorithms.map((algorithm) => [pass, algorithm] as const)))(
      "%s by %s",
      async (pass, algorithm) => {
        const { device, compiled } = fakeDevice(adapter === "software" ? "swiftshader" : "gpu");
        const engine = await createEngine({ device, tuning: "forget" });
        const run = PASSES[pass]!(engine, LAYERS[name]!, algorithm);
        const runAll = ({ sizes, batches }: typeof FIRST): void => {
          for (const size of sizes) run(size, 1);
          for (const batch of batches) run(24, batch);
        };
        runAll(FIRST);
        const known = compiled();
        expect(known).toBeGreaterThan(0);
        runAll(LATER);
        expect(compiled() - known).toBeLessThanOrEqual(
          MORE[`${name} ${pass} ${algorithm}`]?.[ADAPTERS.indexOf(adapter)] ?? (algorithm === "fft" ? MORE_OF_FFT : 0),
        );
        engine.destroy();
      },
    );
  },
);

describe("prepacked weights", () => {
  const SIZES = Array.from({ length: 24 }, (_, at) => 20 + at);
  const KERNEL = [32, 32, 5, 5];

  /** The most bytes of prepacked weights that one size takes. */
  async function largest(algorithm: string): Promise<number> {
    const engine = await createEngine({ device: fakeDevice().device, tuning: "forget" });
    const bytes = [];
    for (const size of SIZES) {
      using w = engine.empty(KERNEL);
      using x = engine.empty([1, 32, size, size]);
      conv(x, w, { padding: 2, algorithm }).destroy();
      bytes.push(engine.memory.weights);
    }
    engine.destroy();
    return Math.max(...bytes);
  }

  it.each(["fft", "winograd", "auto"])("of maps of 24 sizes by %s are two copies at most", async (algorithm) => {
    const most = 2 * (await largest(algorithm));
    const { device, live } = fakeDevice();
    const engine = await createEngine({ device, tuning: "forget" });
    const w = engine.empty(KERNEL);
    for (const size of SIZES) {
      using x = engine.empty([1, 32, size, size]);
      conv(x, w, { padding: 2, algorithm }).destroy();
      expect(engine.memory.weights).toBeLessThanOrEqual(most);
    }
    w.destroy();
    expect(engine.memory.weights).toBe(0);
    engine.destroy();
    expect(live.size).toBe(0);
  });

  it("are shared by maps of all sizes where they do not depend on the size", async () => {
    const { device } = fakeDevice();
    const engine = await createEngine({ device, tuning: "forget" });
    const w = engine.empty(KERNEL);
    const bytes = SIZES.map((size) => {
      using x = engine.empty([1, 32, size, size]);
      conv(x, w, { padding: 2, algorithm: "implicit-gemm" }).destroy();
      return engine.memory.weights;
    });
    expect(new Set(bytes).size).toBe(1);
    engine.destroy();
  });

  it("that plans recorded stay until the plans are destroyed, however many there are", async () => {
    const { device, live } = fakeDevice();
    const engine = await createEngine({ device, tuning: "forget" });
    const w = engine.empty(KERNEL);
    const encoder = device.createCommandEncoder();
    const plans = [];
    for (const size of [24, 48, 96, 192]) {
      const inputShape = [1, 32, size, size];
      const constraints = { algorithm: "fft", variant: "whole" };
      const plan = await engine.plan("forward", { inputShape, kernelShape: KERNEL, padding: 2 }, constraints);
      plan.encode(encoder, { x: engine.empty(inputShape), w, y: engine.empty(plan.outputShape) });
      plans.push(plan);
    }
    const all = plans.reduce((sum, { preparedBytes }) => sum + preparedBytes, 0);
    expect(engine.memory.weights).toBe(all);
    plans[0]!.destroy();
    plans[1]!.destroy();
    // The two that nothing holds are cached, as two copies may be.
    expect(engine.memory.weights).toBe(all);
    plans[2]!.destroy();
    expect(engine.memory.weights).toBe(all - plans[0]!.preparedBytes);
    plans[3]!.destroy();
    expect(engine.memory.weights).toBe(plans[2]!.preparedBytes + plans[3]!.preparedBytes);
    w.destroy();
    expect(engine.memory.weights).toBe(0);
    engine.destroy();
    expect(live.size).toBe(0);
  });
});
