// Limits: devices with the smallest limits, long tensors and maps, extreme channel counts and batches. Refusals state the sizes.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { algorithms } from "../../src/algorithms/hardware.ts";
import { elementCount } from "../../src/base/shape.ts";
import {
  type Engine,
  type Tensor,
  createEngine,
  conv,
  convBackwardData,
  convBackwardWeights,
  convBackwardBias,
} from "../../src/index.ts";
import { deviceTraits } from "../../src/planner/device-traits.ts";
import { traitsOf } from "../../src/planner/gpu-classes.ts";
import * as reference from "../../src/reference.ts";
import { COMPATIBILITY } from "../suite/compatibility.ts";
import { newDevice } from "../suite/counting.ts";
import { integers } from "../suite/random.ts";
import { thrown } from "../suite/worked.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ tuning: "forget" });
});
afterAll(() => engine.destroy());

/** Returns the index of the first element that differs from the reference by more than rounding, on integers; -1 if none does. */
async function firstWrong(
  on: Engine,
  inputShape: number[],
  kernelShape: number[],
  { algorithm = "auto", ...options }: { algorithm?: string; padding?: number; groups?: number } = {},
): Promise<number> {
  const [data, weights] = [integers(elementCount(inputShape), 1, 4), integers(elementCount(kernelShape), 2, 4)];
  const x = on.tensor(data, inputShape);
  const w = on.tensor(weights, kernelShape);
  const y = conv(x, w, { ...options, algorithm });
  try {
    const expected = reference.conv({ data, shape: inputShape }, { data: weights, shape: kernelShape }, options);
    expect(y.shape).toEqual(expected.shape);
    const values = await y.read();
    return expected.data.findIndex((value, at) => Math.round(values[at]!) !== value);
  } finally {
    for (const tensor of [x, w, y]) tensor.destroy();
  }
}

/** Returns the passes whose results differ from the reference by more than rounding, on integers. */
async function passesThatAreWrong(
  on: Engine,
  inputShape: number[],
  kernelShape: number[],
  { algorithm, groups, layout }: { algorithm: string; groups: number; layout: "channels-first" | "channels-last" },
): Promise<string[]> {
  const last = layout === "channels-last";
  const moved = ([first, second, ...rest]: number[], kernel: boolean): number[] =>
    !last ? [first!, second!, ...rest] : kernel ? [...rest, second!, first!] : [first!, ...rest, second!];
  const spatial = inputShape.slice(2).map((size, axis) => size - kernelShape[2 + axis]! + 1);
  const array = (shape: number[], seed: number) => ({ shape, data: integers(elementCount(shape), seed, 4) });
  const x = array(moved(inputShape, false), 1);
  const w = array(moved(kernelShape, true), 2);
  const dy = array(moved([inputShape[0]!, kernelShape[0]!, ...spatial], false), 3);
  const [xs, ws, dys] = [x, w, dy].map(({ data, shape }) => on.tensor(data, shape, { layout })) as [
    Tensor,
    Tensor,
    Tensor,
  ];
  const results = {
    forward: conv(xs, ws, { algorithm, groups }),
    data: convBackwardData(dys, ws, { algorithm, groups, inputShape: x.shape }),
    weights: convBackwardWeights(xs, dys, { algorithm, groups, kernelShape: w.shape }),
  };
  const expected = {
    forward: reference.conv(x, w, { groups, layout }),
    data: reference.convBackwardData(dy, w, { groups, layout, inputShape: x.shape }),
    weights: reference.convBackwardWeights(x, dy, { groups, layout, kernelShape: w.shape }),
  };
  const wrong: string[] = [];
  for (const [pass, tensor] of Object.entries(results)) {
    const values = await tensor.read();
    const { data } = expected[pass as keyof typeof expected];
    // The 0 makes -0 equal to 0.
    if (data.some((value, at) => Math.round(values[at]!) + 0 !== value + 0)) wrong.push(pass);
  }
  for (const tensor of [xs, ws, dys, ...Object.values(results)]) tensor.destroy();
  return wrong;
}

/** Returns a kernel that the algorithm supports. */
const kernelFor = (algorithm: string, channels: number, taps: number[]): { shape: number[]; groups: number } =>
  algorithm === "depthwise"
    ? { shape: [channels, 1, ...taps], groups: channels }
    : { shape: [channels, channels, ...(algorithm === "pointwise" ? taps.map(() => 1) : taps)], groups: 1 };

/** Returns a device of compatibility mode; if the browser has none, one that reports its limits. */
async function compatibilityDevice(): Promise<GPUDevice> {
  const adapter = await navigator.gpu.requestAdapter({ featureLevel: "compatibility" });
  const device = await adapter!.requestDevice();
  if (device.limits.maxComputeInvocationsPerWorkgroup === COMPATIBILITY.maxComputeInvocationsPerWorkgroup)
    return device;
  expect(navigator.userAgent, "Chromium has compatibility mode").not.toContain("Chrome");
  const limits: Record<string, number> = {};
  for (const name in device.limits) limits[name] = device.limits[name as keyof GPUSupportedLimits] as number;
  Object.defineProperty(device, "limits", { value: { ...limits, ...COMPATIBILITY } });
  return device;
}

describe("a device of compatibility mode", () => {
  it("gives right results by every algorithm, in every pass", async () => {
    const device = await compatibilityDevice();
    expect(device.limits).toMatchObject(COMPATIBILITY);
    const small = await createEngine({ device, tuning: "forget" });
    expect(deviceTraits(device, traitsOf(small.info.adapter), 0).maxWorkgroupInvocations).toBe(128);
    for (const [at, { name: algorithm }] of algorithms.entries()) {
      const { shape, groups } = kernelFor(algorithm, 4, [3, 3]);
      const layout = at % 2 === 0 ? "channels-first" : "channels-last";
      const wrong = await passesThatAreWrong(small, [1, 4, 9, 9], shape, { algorithm, groups, layout });
      expect(wrong, algorithm).toEqual([]);
    }
    small.destroy();
    device.destroy();
  });

  it("comes from an adapter of that mode", async () => {
    const adapter = await navigator.gpu.requestAdapter({ featureLevel: "compatibility" });
    const own = await createEngine({ adapter: adapter!, tuning: "forget" });
    expect(await firstWrong(own, [1, 2, 9, 9], [2, 2, 3, 3])).toBe(-1);
    own.destroy();
  });
});

describe("tensors", () => {
  it("larger than the device can bind are refused with both sizes, inputs and results alike", async () => {
    const device = await newDevice();
    const small = await createEngine({ device, tuning: "forget" });
    const bytes = device.limits.maxStorageBufferBindingSize;
    expect(bytes).toBe(128 * 2 ** 20);
    const elements = bytes / 4 + 1;
    const message = `shape: got [${elements}], ${elements * 4} bytes, expected at most ${bytes} bytes, the largest binding of this device`;
    for (const make of [() => small.empty([elements]), () => small.tensor([], [elements])]) {
      const error = thrown(make);
      expect([error.code, error.message]).toEqual(["too-large", message]);
    }
    // The operands fit, and their result, with 64 times the channels of the input, does not.
    const x = small.empty([1, 1, 1024, 1024]);
    const w = small.empty([64, 1, 1, 1]);
    const error = thrown(() => conv(x, w));
    expect(error.code).toBe("too-large");
    expect(error.message).toBe(
      `y: got [1, 64, 1024, 1024], ${64 * 2 ** 22} bytes, expected at most ${bytes} bytes, the largest binding of this device`,
    );
    for (const tensor of [x, w]) tensor.destroy();
    expect(small.memory.total).toBe(small.memory.pool);
    small.destroy();
    device.destroy();
  });

  it("without elements give results of their shapes: empty, or sums of nothing", async () => {
    using w = engine.tensor([1, 2, 3, 4], [2, 1, 2, 1]);
    using bias = engine.tensor([5, -6], [2]);
    using none = engine.empty([0, 1, 5, 5]);
    using empty = conv(none, w, { bias });
    expect([empty.shape, await empty.read()]).toEqual([[0, 2, 4, 5], new Float32Array(0)]);
    using dw = convBackwardWeights(none, empty, { kernelShape: w.shape });
    expect([dw.shape, [...(await dw.read())]]).toEqual([w.shape, [0, 0, 0, 0]]);
    using db = convBackwardBias(empty);
    expect([db.shape, [...(await db.read())]]).toEqual([[2], [0, 0]]);
    // No channels: the epilogue of 0. No cells: only padding is seen.
    using noChannels = engine.empty([1, 0, 2, 1]);
    using noWeights = engine.empty([2, 0, 2, 1]);
    using activated = conv(noChannels, noWeights, { bias, activation: "relu" });
    expect([...(await activated.read())]).toEqual([5, 0]);
    using noCells = engine.empty([1, 1, 0, 1]);
    using padded = conv(noCells, w, { bias, padding: [1, 0], paddingValue: 10 });
    expect([...(await padded.read())]).toEqual([35, 64]);
    const [fastest] = await engine.find("forward", { inputShape: [0, 1, 5, 5], kernelShape: [2, 1, 2, 1] });
    expect(fastest).toMatchObject({ variant: "zeros" });
    await expect(engine.plan("forward", { inputShape: [1, 1, 0, 5], kernelShape: [1, 1, 3, 3] })).rejects.toMatchObject(
      { code: "empty-output" },
    );
  });
});

describe("long maps", () => {
  it.each(algorithms.map(({ name }) => name))("of 20 000 cells are right by %s", async (algorithm) => {
    const { shape, groups } = kernelFor(algorithm, 2, [5]);
    expect(await firstWrong(engine, [1, 2, 20_000], shape, { algorithm, groups })).toBe(-1);
  });

  it.each([
    ["2100 x 3", [1, 1, 2100, 3]],
    ["3 x 17 000", [1, 1, 3, 17_000]],
  ])("of %s cells are right", async (_, shape) => {
    for (const algorithm of ["auto", "direct", "fft"])
      expect(await firstWrong(engine, shape, [1, 1, 3, 3], { padding: 1, algorithm }), algorithm).toBe(-1);
  });
});

describe("channels", () => {
  it.each([
    [1, 1],
    [1, 4099],
    [4099, 1],
    [3, 17],
    [17, 3],
    [4099, 17],
  ])("%d to %d are right", async (C, K) => {
    for (const algorithm of ["direct", "implicit-gemm"])
      expect(await firstWrong(engine, [1, C, 3, 3], [K, C, 2, 2], { algorithm }), algorithm).toBe(-1);
  });

  it("4099, each on its own, are right", async () => {
    expect(await firstWrong(engine, [1, 4099, 3, 3], [4099, 1, 2, 2], { groups: 4099 })).toBe(-1);
  });
});

describe("a batch", () => {
  it.each([1, 33])("of %d is right by every algorithm", async (N) => {
    for (const { name } of algorithms) {
      const { shape, groups } = kernelFor(name, 3, [3]);
      expect(await firstWrong(engine, [N, 3, 10], shape, { algorithm: name, groups }), name).toBe(-1);
    }
  });
});
