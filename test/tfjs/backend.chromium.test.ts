// The adapter in the backend: its memory, its order, its timers, its modes, and putting the old kernels back.
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-webgpu";
import { createBackend, memoryBytes, register, statistics, unregister } from "convoke/tfjs";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

beforeAll(async () => {
  await tf.setBackend("webgpu");
});

afterAll(() => {
  register();
});

/** The parts of the backend that tests look at. */
interface Inner {
  readonly device: GPUDevice;
  readonly queue: GPUQueue;
  readonly bufferManager: { getNumUsedBuffers(): number };
  checkCompileCompletionAsync(): Promise<void>;
}

const inner = (): Inner => tf.backend() as unknown as Inner;

const SHAPE: [number, number, number, number] = [1, 6, 6, 4];
const ones = (shape: number[]): tf.Tensor4D => tf.fill(shape as typeof SHAPE, 1);
const served = (kernel: string): number => statistics()[kernel]!.served;
/** A convolution with a weight of ones, which is the sum of its windows. */
const convolve = (x: tf.Tensor4D, w: tf.Tensor4D): tf.Tensor4D => tf.conv2d(x, w, 1, "same");

it("keeps the backend's counters, and allocates nothing more after a thousand runs", async () => {
  const created = vi.spyOn(inner().device, "createBuffer");
  const [x, w] = [ones(SHAPE), ones([3, 3, 4, 4])];
  const step = (): tf.Tensor =>
    tf.tidy(() => tf.fused.conv2d({ x: convolve(x, w), filter: w, strides: 1, pad: "same" }));
  /** Each result is disposed before the next run, which may find its buffer free or pending. */
  const runs = async (count: number): Promise<number> => {
    let last = step();
    for (let run = 1; run < count; run++) {
      last.dispose();
      last = step();
    }
    const [value] = await last.data();
    last.dispose();
    return value!;
  };
  await runs(100);
  const before = { ...tf.memory(), buffers: inner().bufferManager.getNumUsedBuffers(), own: memoryBytes() };
  const buffers = created.mock.calls.length;
  // In a corner: windows of 2 x 2 cells, over sums of windows of 2 x 2, 2 x 3 (twice) and 3 x 3.
  expect(await runs(1000)).toBe(4 * 4 * (4 + 6 + 6 + 9));
  const after = { ...tf.memory(), buffers: inner().bufferManager.getNumUsedBuffers(), own: memoryBytes() };
  expect(after).toEqual(before);
  expect(created.mock.calls.length).toBe(buffers);
  created.mockRestore();
  tf.dispose([x, w]);
});

it("frees the packed copies of filters with the filters, whether or not work on them is pending", async () => {
  const x = ones(SHAPE);
  const run = async (): Promise<number> => {
    const w = ones([3, 3, 4, 4]);
    const y = convolve(x, w);
    w.dispose();
    const [value] = await y.data();
    y.dispose();
    return value!;
  };
  await run();
  const before = memoryBytes();
  for (let count = 0; count < 20; count++) expect(await run()).toBe(16);
  expect(memoryBytes()).toBe(before);
  x.dispose();
});

it("is in order with the backend's own programs", async () => {
  const w = ones([3, 3, 4, 4]);
  const y = tf.tidy(() => {
    let map = ones(SHAPE);
    for (let layer = 0; layer < 12; layer++) map = tf.mul(convolve(tf.add(map, 1), w), 1 / 72);
    return map;
  });
  const expected = tf.tidy(() => {
    unregister();
    let map = ones(SHAPE);
    for (let layer = 0; layer < 12; layer++) map = tf.mul(convolve(tf.add(map, 1), w), 1 / 72);
    register();
    return map;
  });
  const [values, wanted] = [await y.data<"float32">(), await expected.data<"float32">()];
  const worst = wanted.reduce((max, value, at) => Math.max(max, Math.abs(value - values[at]!)), 0);
  expect(worst).toBeLessThan(1e-4);
  tf.dispose([y, expected, w]);
});

it("submits no more often than the backend does", async () => {
  const submits = vi.spyOn(inner().queue, "submit");
  const [x, w] = [ones(SHAPE), ones([3, 3, 4, 4])];
  const network = async (): Promise<number> => {
    submits.mockClear();
    const y = tf.tidy(() => {
      let map = x;
      for (let layer = 0; layer < 30; layer++) map = tf.relu(convolve(map, w));
      return map;
    });
    await y.data();
    y.dispose();
    return submits.mock.calls.length;
  };
  await network();
  const own = await network();
  unregister();
  const theirs = await network();
  register();
  expect(own).toBeLessThanOrEqual(theirs);
  submits.mockRestore();
  tf.dispose([x, w]);
});

it("leaves to the kernel that was there what it does not serve", async () => {
  const { served: before, passedOn } = statistics()["FusedConv2D"]!;
  const [x, filter, bias] = [ones(SHAPE), ones([3, 3, 4, 4]), ones([6, 6, 4])];
  // A bias that is none of channels.
  const y = tf.fused.conv2d({ x, filter, strides: 1, pad: "same", bias });
  expect((await y.data())[0]).toBe(17);
  expect(statistics()["FusedConv2D"]).toEqual({ served: before, passedOn: passedOn + 1 });
  tf.dispose([x, filter, bias, y]);
});

it("puts the kernels back", async () => {
  const before = tf.getKernel("Conv2D", "webgpu").kernelFunc;
  unregister();
  expect(tf.getKernel("Conv2D", "webgpu").kernelFunc).not.toBe(before);
  expect(memoryBytes()).toBe(0);
  const count = served("Conv2D");
  const y = tf.tidy(() => convolve(ones(SHAPE), ones([3, 3, 4, 4])));
  expect((await y.data())[0]).toBe(16);
  expect(served("Conv2D")).toBe(count);
  register();
  const z = tf.tidy(() => convolve(ones(SHAPE), ones([3, 3, 4, 4])));
  expect((await z.data())[0]).toBe(16);
  expect(served("Conv2D")).toBe(count + 1);
  tf.dispose([y, z]);
});

it("is timed by tf.profile", async () => {
  const { kernels, result } = await tf.profile(() => tf.tidy(() => convolve(ones(SHAPE), ones([3, 3, 4, 4]))));
  const own = kernels.find(({ name }) => name === "Conv2D")!;
  expect(await own.extraInfo).toContain("Convoke Conv2D");
  tf.dispose(result);
});

it("compiles in parallel where the backend is told to", async () => {
  const compile = () => tf.tidy(() => tf.conv2d(ones([1, 5, 7, 3]), ones([2, 2, 3, 9]), 1, "valid"));
  const [now, later] = [
    vi.spyOn(inner().device, "createComputePipeline"),
    vi.spyOn(inner().device, "createComputePipelineAsync"),
  ];
  tf.env().set("WEBGPU_ENGINE_COMPILE_ONLY", true);
  compile().dispose();
  expect(later).toHaveBeenCalled();
  await inner().checkCompileCompletionAsync();
  tf.env().set("WEBGPU_ENGINE_COMPILE_ONLY", false);
  now.mockClear();
  const y = compile();
  const own = now.mock.calls.filter(([{ label }]) => label !== undefined && !/^(?:Fill|undefined)/.test(label));
  expect(own.map(([{ label }]) => label)).toEqual([]);
  expect((await y.data())[0]).toBe(12);
  y.dispose();
});

describe("createBackend", () => {
  it("refuses while the backend has tensors", async () => {
    const x = ones(SHAPE);
    await expect(createBackend()).rejects.toThrow(/createBackend: got an open backend/);
    x.dispose();
  });

  it("opens a backend on a device with the features of the engine", async () => {
    await createBackend();
    const { features, limits } = inner().device;
    const adapter = (await navigator.gpu.requestAdapter())!;
    for (const feature of ["shader-f16", "subgroups", "timestamp-query"] as const)
      expect(features.has(feature)).toBe(adapter.features.has(feature));
    expect(limits.maxBufferSize).toBe(adapter.limits.maxBufferSize);
    const count = served("Conv2D");
    const y = tf.tidy(() => convolve(ones(SHAPE), ones([3, 3, 4, 4])));
    expect((await y.data())[0]).toBe(16);
    expect(served("Conv2D")).toBe(count + 1);
    y.dispose();
  });
});
