// The engine as a user meets it: convolutions and plans, their results and refusals.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { conv, type ConvOptions, createEngine, type Engine } from "../../src/index.ts";
import { conv as referenceConv } from "../../src/reference.ts";
import { expectNoLeaks } from "../suite/leaks.ts";
import { integers } from "../suite/random.ts";
import { INPUT, KERNEL, PADDING_1, thrown } from "../suite/worked.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.destroy());
expectNoLeaks(() => engine);

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
  const y = conv(x, w, options);
  try {
    return [...(await y.read())];
  } finally {
    for (const tensor of [x, w, y]) tensor.destroy();
  }
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
    const y = conv(x, w, { padding: 1 });
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
    const first = conv(x, w, { padding: 1 });
    const second = conv(first, w, { padding: 1, stride: 2 });
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
    const y = conv(x, w, { algorithm: "direct" });
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
    const error = thrown(() => conv(x, w, { algorithm: "im2col", maxWorkspaceBytes: 100 }));
    expect(error.code).toBe("unsupported");
    // Twice as many with the weights, which are packed where they are bound as uniforms.
    expect(error.message).toMatch(/(?:576|1152) bytes, more than the 100 of workspace/);
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

  it("refuses a workspace that is one of the other buffers, which it would overwrite", async () => {
    const inputShape = [1, 8, 12, 12];
    const plan = await engine.plan(
      "forward",
      { inputShape, kernelShape: [8, 8, 3, 3], padding: 1 },
      { algorithm: "winograd" },
    );
    const size = Math.max(plan.workspaceBytes, 4 * 8 * 144);
    const [one, other, third] = [1, 2, 3].map(() =>
      engine.device.createBuffer({ size, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC }),
    ) as [GPUBuffer, GPUBuffer, GPUBuffer];
    const w = engine.empty([8, 8, 3, 3]);
    const encoder = engine.device.createCommandEncoder();
    for (const workspace of [one, other])
      expect(() => plan.encode(encoder, { x: one, w, y: other, workspace })).toThrow(
        expect.objectContaining({
          code: "invalid-argument",
          message: `buffers.workspace: got the buffer of ${workspace === one ? "x" : "y"}, expected a buffer of its own`,
        }),
      );
    plan.encode(encoder, { x: one, w, y: other, workspace: third });
    for (const made of [plan, w, one, other, third]) made.destroy();
  });

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
    expect(thrown(() => plan.encode(encoder, { x, w })).message).toContain("buffers.y: got undefined");
    expect(thrown(() => plan.run({ x })).message).toContain("w: got undefined");
    expect(thrown(() => plan.run({ x, w, bias: w })).message).toContain("the plan was made without it");
    expect(thrown(() => plan.run({ x: w, w })).message).toContain("x.shape: got [1, 1, 3, 3], expected [1, 1, 5, 5]");
    for (const one of [plan, x, w, small, wrong]) one.destroy();
  });
});
