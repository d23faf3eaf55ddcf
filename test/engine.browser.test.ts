// The engine as a user meets it: results, options, errors, memory.
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ConvError, type ConvErrorCode, type ConvOptions, type Engine, createEngine } from "../src/index.ts";
import { conv as referenceConv } from "../src/reference/index.ts";
import { integers } from "./suite/random.ts";

const KERNEL = [1, 3, 2, 1, 3, 3, 3, 1, 1];
const INPUT = [1, 3, 2, 3, 3, 3, 1, 2, 1, 1, 3, 3, 3, 1, 2, 2, 2, 1, 2, 1, 2, 3, 2, 1, 2];
const PADDING_1 = [
  [16, 28, 24, 28, 16],
  [27, 41, 38, 37, 21],
  [33, 40, 33, 25, 18],
  [32, 40, 37, 29, 17],
  [25, 27, 21, 20, 12],
].flat();

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.destroy());
// What a test leaves allocated is a leak of the engine's or of the test's.
afterEach(() => {
  expect(engine.memory.tensors).toBe(0);
  expect(engine.memory.reads).toBe(0);
});

/** Runs a convolution on plain arrays and frees all tensors. */
async function convolve(
  data: number[],
  shape: number[],
  weights: number[],
  kernel: number[],
  options: ConvOptions = {},
): Promise<number[]> {
  const x = engine.tensor(data, shape);
  const w = engine.tensor(weights, kernel);
  const y = engine.conv(x, w, options);
  try {
    return [...(await y.read())];
  } finally {
    for (const tensor of [x, w, y]) tensor.destroy();
  }
}

/** The ConvError that a call throws, synchronously. */
function thrown(act: () => unknown): ConvError {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(ConvError);
    return error as ConvError;
  }
  throw new Error("nothing was thrown");
}

describe("conv", () => {
  it.each(["direct", "im2col", "auto"])("gives the worked numbers by %s", async (algorithm) => {
    const by = (options: ConvOptions): Promise<number[]> =>
      convolve(INPUT, [1, 1, 5, 5], KERNEL, [1, 1, 3, 3], { ...options, algorithm });
    expect(await by({ padding: 1 })).toEqual(PADDING_1);
    expect(await by({ padding: 1, stride: 2 })).toEqual([16, 24, 16, 33, 33, 18, 25, 21, 12]);
    const padded = await by({ padding: 2 });
    expect(padded.slice(0, 7)).toEqual([1, 4, 8, 14, 12, 12, 9]);
    expect(padded.slice(-7)).toEqual([4, 12, 15, 11, 9, 7, 2]);
  });

  it("takes typed arrays of any kind", async () => {
    const x = engine.tensor(Uint8Array.from(INPUT), [1, 1, 5, 5]);
    const w = engine.tensor(Float64Array.from(KERNEL), [1, 1, 3, 3]);
    const y = engine.conv(x, w, { padding: 1 });
    expect([...(await y.read())]).toEqual(PADDING_1);
    for (const tensor of [x, w, y]) tensor.destroy();
  });

  it("adds bias and residual and activates", async () => {
    const bias = engine.tensor([-30], [1]);
    const residual = engine.tensor(INPUT, [1, 1, 5, 5]);
    const values = await convolve(INPUT, [1, 1, 5, 5], KERNEL, [1, 1, 3, 3], {
      padding: 1,
      bias,
      residual,
      activation: "relu",
    });
    expect(values).toEqual(PADDING_1.map((value, at) => Math.max(0, value - 30 + INPUT[at]!)));
    bias.destroy();
    residual.destroy();
  });

  it("feeds a result to the next convolution without a read between", async () => {
    const x = engine.tensor(INPUT, [1, 1, 5, 5]);
    const w = engine.tensor(KERNEL, [1, 1, 3, 3]);
    const first = engine.conv(x, w, { padding: 1 });
    const second = engine.conv(first, w, { padding: 1, stride: 2 });
    first.destroy();
    const plain = (data: ArrayLike<number>, shape: number[]) => ({ data, shape });
    const expected = referenceConv(plain(PADDING_1, [1, 1, 5, 5]), plain(KERNEL, [1, 1, 3, 3]), {
      padding: 1,
      stride: 2,
    });
    expect([...(await second.read())]).toEqual([...expected.data]);
    for (const tensor of [x, w, second]) tensor.destroy();
  });

  it("folds grids of more than 65 535 workgroups", async () => {
    const rows = 65_535 * 64 + 1000;
    const x = engine.tensor(integers(rows, 1, 4), [1, 1, rows, 1]);
    const w = engine.tensor([1, 2], [1, 1, 2, 1]);
    const y = engine.conv(x, w, { algorithm: "direct" });
    const [input, output] = [await x.read(), await y.read()];
    expect(output.length).toBe(rows - 1);
    expect(output.findIndex((value, at) => value !== input[at]! + 2 * input[at + 1]!)).toBe(-1);
    for (const tensor of [x, w, y]) tensor.destroy();
  });

  it("obeys maxWorkspaceBytes, by chunks or with a reason", async () => {
    const shape = [2, 4, 12, 12];
    const kernel = [4, 4, 3, 3];
    const [data, weights] = [integers(2 * 4 * 144, 1, 8), integers(144, 2, 8)];
    const all = await convolve([...data], shape, [...weights], kernel, { padding: 1, algorithm: "im2col" });
    const chunked = await convolve([...data], shape, [...weights], kernel, {
      padding: 1,
      algorithm: "im2col",
      maxWorkspaceBytes: 4096,
    });
    expect(chunked).toEqual(all);
    const plan = await engine.plan(
      "forward",
      { inputShape: shape, kernelShape: kernel, padding: 1 },
      { algorithm: "im2col", maxWorkspaceBytes: 4096 },
    );
    expect(plan.workspaceBytes).toBeLessThanOrEqual(4096);
    expect(plan.steps.length).toBeGreaterThan(4);
    plan.destroy();
    const x = engine.tensor(data, shape);
    const w = engine.tensor(weights, kernel);
    const error = thrown(() => engine.conv(x, w, { algorithm: "im2col", maxWorkspaceBytes: 100 }));
    expect(error.code).toBe("unsupported");
    expect(error.message).toMatch(/576 bytes of workspace, more than the 100 allowed/);
    x.destroy();
    w.destroy();
  });
});

describe("plan", () => {
  const descriptor = { inputShape: [1, 1, 5, 5], kernelShape: [1, 1, 3, 3], padding: 1 };

  it("says what it is", async () => {
    const plan = await engine.plan("forward", descriptor);
    expect(plan.flops).toBe(2 * 25 * 9);
    expect(plan.bytes).toBe(4 * (25 + 9 + 25));
    expect(plan.outputShape).toEqual([1, 1, 5, 5]);
    expect(plan.errorGrowth).toBe(1);
    expect(plan.explain()).toMatch(/^ 1 \w+ .*estimated .* ms/);
    for (const { name } of engine.algorithms) expect(plan.explain()).toContain(name);
    expect(structuredClone(plan.steps)).toEqual(plan.steps);
    plan.destroy();
  });

  it.each(["direct", "im2col"])(
    "by %s runs again and again, on tensors and on an encoder of the caller's",
    async (algorithm) => {
      const plan = await engine.plan("forward", descriptor, { algorithm });
      const x = engine.tensor(INPUT, [1, 1, 5, 5]);
      const w = engine.tensor(KERNEL, [1, 1, 3, 3]);
      const y = plan.run({ x, w });
      expect([...(await y.read())]).toEqual(PADDING_1);
      const into = engine.empty([1, 1, 5, 5]);
      for (let turn = 0; turn < 2; turn++) {
        const encoder = engine.device.createCommandEncoder();
        plan.encode(encoder, { x, w, y: into });
        engine.device.queue.submit([encoder.finish()]);
        expect([...(await into.read())]).toEqual(PADDING_1);
      }
      for (const one of [plan, x, w, y, into]) one.destroy();
      expect(thrown(() => plan.run({ x, w })).code).toBe("destroyed");
    },
  );

  it("refuses buffers that do not fit", async () => {
    const plan = await engine.plan("forward", descriptor);
    const x = engine.tensor(INPUT, [1, 1, 5, 5]);
    const w = engine.tensor(KERNEL, [1, 1, 3, 3]);
    const small = engine.device.createBuffer({ size: 16, usage: GPUBufferUsage.STORAGE });
    const wrong = engine.device.createBuffer({ size: 1024, usage: GPUBufferUsage.COPY_DST });
    const encoder = engine.device.createCommandEncoder();
    expect(thrown(() => plan.encode(encoder, { x, w, y: small })).message).toBe(
      "buffers.y: got a buffer of 16 bytes, expected at least 100 bytes",
    );
    expect(thrown(() => plan.encode(encoder, { x, w, y: wrong })).message).toContain("GPUBufferUsage.STORAGE");
    expect(thrown(() => plan.encode(encoder, { x, w, y: x })).message).toContain("a buffer of its own");
    expect(thrown(() => plan.encode(encoder, { x, w } as never)).message).toContain("buffers.y: got undefined");
    expect(thrown(() => plan.run({ x } as never)).message).toContain("w: got undefined");
    expect(thrown(() => plan.run({ x, w, bias: w })).message).toContain("the plan was made without it");
    expect(thrown(() => plan.run({ x: w, w })).message).toContain("x.shape: got [1, 1, 3, 3], expected [1, 1, 5, 5]");
    for (const one of [plan, x, w, small, wrong]) one.destroy();
  });

  it("rejects passes that no algorithm has", async () => {
    await expect(engine.plan("backward-data", descriptor)).rejects.toMatchObject({
      name: "ConvError",
      code: "unsupported",
    });
  });
});

describe("tensors", () => {
  it("keep their values, and take new ones", async () => {
    const tensor = engine.tensor([1, 2, 3], [3]);
    expect([...(await tensor.read())]).toEqual([1, 2, 3]);
    tensor.write([4, 5, 6]);
    expect([...(await tensor.read())]).toEqual([4, 5, 6]);
    tensor.destroy();
    tensor.destroy();
    expect(tensor.destroyed).toBe(true);
  });

  it("start as zeros when empty", async () => {
    const tensor = engine.empty([2, 2]);
    expect([...(await tensor.read())]).toEqual([0, 0, 0, 0]);
    tensor.destroy();
  });

  it("wrap a buffer without owning it", async () => {
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    const buffer = engine.device.createBuffer({ size: 256, usage });
    engine.device.queue.writeBuffer(buffer, 0, Float32Array.from(INPUT));
    const x = engine.wrap(buffer, [1, 1, 5, 5]);
    expect(engine.memory.tensors).toBe(0);
    const w = engine.tensor(KERNEL, [1, 1, 3, 3]);
    const y = engine.conv(x, w, { padding: 1 });
    x.destroy();
    expect([...(await y.read())]).toEqual(PADDING_1);
    const again = engine.wrap(buffer, [25]);
    expect([...(await again.read())]).toEqual(INPUT);
    for (const one of [again, w, y, buffer]) one.destroy();
  });

  it("count in engine.memory", () => {
    const before = engine.memory;
    const tensor = engine.empty([100]);
    expect(engine.memory.tensors - before.tensors).toBe(400);
    expect(engine.memory.total - before.total).toBe(400);
    tensor.destroy();
    expect(engine.memory.tensors).toBe(before.tensors);
    expect(engine.memory.peak).toBeGreaterThanOrEqual(before.total + 400);
  });
});

describe("bad input", () => {
  it("is refused with a code and the argument, what it got and what was expected; nothing stays allocated", async () => {
    const other = await createEngine();
    const x = engine.tensor(INPUT, [1, 1, 5, 5]);
    const w = engine.tensor(KERNEL, [1, 1, 3, 3]);
    const wide = engine.tensor(INPUT, [1, 5, 5]);
    const last = engine.tensor(KERNEL, [3, 3, 1, 1], { layout: "channels-last" });
    const dead = engine.tensor([1], [1]);
    dead.destroy();
    const foreign = other.tensor(KERNEL, [1, 1, 3, 3]);
    const options = (changes: object) => () => engine.conv(x, w, changes);
    const cases: [() => unknown, ConvErrorCode, RegExp][] = [
      [() => engine.conv(wide, w), "shape-mismatch", /^w\.shape: got \[1, 1, 3, 3\], expected an array of 3 sizes/],
      [() => engine.conv(x, last), "shape-mismatch", /^w\.layout: got "channels-last", expected "channels-first"/],
      [() => engine.conv(dead, w), "destroyed", /^x: got a destroyed tensor/],
      [() => engine.conv(x, dead), "destroyed", /^w: got a destroyed tensor/],
      [() => engine.conv(x, foreign), "foreign-tensor", /^w: got a tensor of another engine/],
      [() => engine.conv(null as never, w), "invalid-argument", /^x: got null, expected a Tensor/],
      [() => engine.conv(x, w, null as never), "invalid-argument", /^options: got null/],
      [options({ groups: 2 }), "shape-mismatch", /^groups: got 2, expected a divisor of the 1 input channels/],
      [options({ stride: 0 }), "invalid-argument", /^stride: got 0, expected an integer of at least 1/],
      [options({ dilation: [1, 0] }), "invalid-argument", /^dilation\[1\]: got 0/],
      [options({ padding: -1 }), "invalid-argument", /^padding: got -1/],
      [options({ padding: Number.NaN }), "invalid-argument", /^padding: got NaN/],
      [options({ stride: 1.5 }), "invalid-argument", /^stride: got 1.5/],
      [
        options({ dilation: 3 }),
        "empty-output",
        /3 cells spanning 7 with dilation 3, expected at most the padded input, 5 cells/,
      ],
      [options({ paddding: 1 }), "unknown-option", /^options: got "paddding", expected no option but stride/],
      [
        options({ algorithm: "magic" }),
        "unknown-algorithm",
        /^algorithm: got "magic", expected "auto" or one of "\w+", "/,
      ],
      [options({ activation: "swish" }), "invalid-argument", /^activation: got "swish", expected one of "relu"/],
      [options({ bias: x }), "shape-mismatch", /^bias\.shape: got \[1, 1, 5, 5\], expected \[1\]/],
      [options({ bias: [1] }), "invalid-argument", /^bias: got \[1\], expected a Tensor/],
      [
        options({ residual: x }),
        "shape-mismatch",
        /^residual\.layout|^residual\.shape: got \[1, 1, 5, 5\], expected \[1, 1, 3, 3\]/,
      ],
      [
        options({ paddingMode: "reflect", padding: 5 }),
        "invalid-argument",
        /^padding\[0\]: got \[5, 5\], expected at most 4/,
      ],
      [() => engine.tensor([1, 2], [3]), "shape-mismatch", /^data: got 2 elements, expected 3/],
      [() => engine.tensor("abc" as never, [3]), "invalid-argument", /^data: got "abc", expected an array/],
      [() => engine.tensor([1, "2", 3] as never, [3]), "invalid-argument", /^data\[1\]: got "2", expected a number/],
      [() => engine.tensor([], [0]), "invalid-argument", /^shape\[0\]: got 0, expected an integer of at least 1/],
      [() => engine.tensor([1], [1], { dtype: "f64" as never }), "invalid-argument", /^dtype: got "f64"/],
      [() => engine.empty([2 ** 20, 2 ** 10, 2 ** 10]), "too-large", /^shape: got .*at most/],
      [() => engine.wrap({} as never, [1]), "invalid-argument", /^buffer: got/],
      [() => w.write([1]), "shape-mismatch", /^data: got 1 elements, expected 9/],
    ];
    const before = engine.memory.total;
    for (const [act, code, message] of cases) {
      const error = thrown(act);
      expect(error.message).toMatch(message);
      expect(error.code, error.message).toBe(code);
    }
    expect(engine.memory.total).toBe(before);
    await expect(dead.read()).rejects.toMatchObject({ code: "destroyed" });
    for (const tensor of [x, w, wide, last]) tensor.destroy();
    other.destroy();
    expect(thrown(() => other.empty([1])).code).toBe("destroyed");
  });
});

describe("GPU failures", () => {
  it("reject the next read with the cause, once", async () => {
    const usage = GPUBufferUsage.STORAGE;
    const buffer = engine.device.createBuffer({ size: 64, usage });
    const unreadable = engine.wrap(buffer, [16]);
    await expect(unreadable.read()).rejects.toMatchObject({
      code: "gpu-validation",
      message: expect.stringContaining("read"),
    });
    const tensor = engine.tensor([1], [1]);
    expect([...(await tensor.read())]).toEqual([1]);
    for (const one of [buffer, unreadable, tensor]) one.destroy();
  });

  it("of a lost device reject reads and resolve engine.lost", async () => {
    const doomed = await createEngine();
    const tensor = doomed.tensor([1], [1]);
    doomed.device.destroy();
    expect((await doomed.lost).code).toBe("device-lost");
    await expect(tensor.read()).rejects.toMatchObject({ code: "device-lost" });
    doomed.destroy();
    expect(doomed.memory.total).toBe(0);
  });

  it("leave a shared device and its error scopes alone", async () => {
    const adapter = await navigator.gpu.requestAdapter();
    const device = await adapter!.requestDevice();
    device.pushErrorScope("validation");
    const shared = await createEngine({ device });
    const x = shared.tensor(INPUT, [1, 1, 5, 5]);
    const w = shared.tensor(KERNEL, [1, 1, 3, 3]);
    const y = shared.conv(x, w, { padding: 1 });
    expect([...(await y.read())]).toEqual(PADDING_1);
    expect(await device.popErrorScope()).toBeNull();
    shared.destroy();
    expect(shared.memory.total).toBe(0);
    const still = device.createBuffer({ size: 16, usage: GPUBufferUsage.STORAGE });
    still.destroy();
    device.destroy();
  });

  it("run on default limits", async () => {
    const adapter = await navigator.gpu.requestAdapter();
    const device = await adapter!.requestDevice();
    expect(device.limits.maxStorageBufferBindingSize).toBe(128 * 2 ** 20);
    const small = await createEngine({ device });
    const x = small.tensor(INPUT, [1, 1, 5, 5]);
    const w = small.tensor(KERNEL, [1, 1, 3, 3]);
    const plan = await small.plan("forward", { inputShape: [1, 1, 5, 5], kernelShape: [1, 1, 3, 3], padding: 1 });
    const ranked = new Set(Array.from(plan.explain().matchAll(/^ *\d+ (\S+)/gm), (match) => match[1]!));
    for (const algorithm of ranked) {
      const y = small.conv(x, w, { padding: 1, algorithm });
      // By transforms the integers are met but for rounding.
      expect(Array.from(await y.read(), Math.round)).toEqual(PADDING_1);
    }
    small.destroy();
    device.destroy();
  });
});

describe("createEngine", () => {
  it("says what it got", () => {
    expect(engine.info.limits.maxBufferSize).toBeGreaterThan(0);
    expect(typeof engine.info.adapter.vendor).toBe("string");
    expect(engine.algorithms.map(({ name }) => name)).toContain("direct");
  });

  it("refuses an environment without WebGPU or without an adapter", async () => {
    await expect(
      createEngine({ gpu: { requestAdapter: () => Promise.resolve(null) } as unknown as GPU }),
    ).rejects.toMatchObject({ code: "no-adapter" });
    await expect(createEngine({ device: engine.device, gpu: navigator.gpu })).rejects.toMatchObject({
      code: "invalid-argument",
    });
    await expect(createEngine({ devise: 1 } as never)).rejects.toMatchObject({ code: "unknown-option" });
  });
});
