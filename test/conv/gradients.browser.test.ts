// The transposed convolution and the gradients as a user meets them: options, refusals, plans of every pass, and what stays allocated.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  conv,
  convBackwardBias,
  convBackwardData,
  convBackwardWeights,
  convTranspose,
  convTransposeBackwardWeights,
  createEngine,
  type Engine,
  type Tensor,
} from "../../src/index.ts";
import * as reference from "../../src/reference.ts";
import { expectNoLeaks } from "../suite/leaks.ts";
import { integers } from "../suite/random.ts";
import { thrown } from "../suite/worked.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.destroy());
expectNoLeaks(() => engine);

const numbers = (shape: readonly number[], seed: number) => ({
  shape: [...shape],
  data: integers(
    shape.reduce((product, size) => product * size, 1),
    seed,
    4,
  ),
});

/** Runs `work` on tensors of the arrays, and frees all of them and its result. */
async function on<T extends Record<string, { data: Float32Array; shape: number[] }>>(
  arrays: T,
  work: (tensors: Record<keyof T, Tensor>) => Tensor,
): Promise<{ data: number[]; shape: number[] }> {
  const entries = Object.entries(arrays).map(([name, { data, shape }]) => [name, engine.tensor(data, shape)]);
  const tensors = Object.fromEntries(entries) as Record<keyof T, Tensor>;
  let result: Tensor | undefined;
  try {
    result = work(tensors);
    return { data: [...(await result.read())], shape: [...result.shape] };
  } finally {
    for (const tensor of [...Object.values<Tensor>(tensors), result]) tensor?.destroy();
  }
}

const plain = ({ data, shape }: { data: ArrayLike<number>; shape: number[] }) => ({ data: Array.from(data), shape });

describe("convTranspose", () => {
  it("takes an output shape where several are possible", async () => {
    const arrays = { x: numbers([1, 3, 4, 5], 1), w: numbers([3, 2, 3, 3], 2) };
    for (const outputShape of [
      [7, 9],
      [8, 10],
    ]) {
      const options = { stride: 2, padding: 1, outputShape };
      const expected = plain(reference.convTranspose(arrays.x, arrays.w, options));
      expect(await on(arrays, ({ x, w }) => convTranspose(x, w, options))).toEqual(expected);
      expect(expected.shape).toEqual([1, 2, ...outputShape]);
    }
  });

  it("ends with bias, residual and activation, also where no input reaches", async () => {
    // Stride 3 and two taps: every third cell gets the epilogue alone.
    const arrays = {
      x: numbers([2, 3, 4], 3),
      w: numbers([3, 2, 2], 4),
      bias: numbers([2], 5),
      residual: numbers([2, 2, 11], 6),
    };
    const options = { stride: 3, activation: "relu" } as const;
    const expected = plain(
      reference.convTranspose(arrays.x, arrays.w, { ...options, bias: arrays.bias, residual: arrays.residual }),
    );
    expect(await on(arrays, ({ x, w, bias, residual }) => convTranspose(x, w, { ...options, bias, residual }))).toEqual(
      expected,
    );
  });

  it("refuses in its caller's words", async () => {
    const x = engine.tensor(new Float32Array(12), [1, 3, 4]);
    const w = engine.tensor(new Float32Array(12), [2, 2, 3]);
    expect(thrown(() => convTranspose(x, w)).message).toMatch(/^w\.shape: got \[2, 2, 3\], expected 3 input channels/);
    expect(thrown(() => convTranspose(x, w, { outputPadding: 1 })).message).toContain("w.shape");
    const fit = engine.tensor(new Float32Array(18), [3, 2, 3]);
    expect(thrown(() => convTranspose(x, fit, { outputPadding: 1 })).message).toMatch(/^outputPadding: got 1/);
    expect(thrown(() => convTranspose(x, fit, { tolerence: 1 } as never)).message).toContain("tolerence");
    for (const tensor of [x, w, fit]) tensor.destroy();
  });
});

describe("gradients", () => {
  it("refuse tensors that are no gradients of the convolution, naming them", () => {
    const dy = engine.tensor(new Float32Array(50), [1, 2, 5, 5]);
    const w = engine.tensor(new Float32Array(54), [2, 3, 3, 3]);
    const x = engine.tensor(new Float32Array(75), [1, 3, 5, 5]);
    expect(thrown(() => convBackwardData(dy, w, { inputShape: [1, 3, 5, 5] })).message).toBe(
      "dy.shape: got [1, 2, 5, 5], expected [1, 2, 3, 3]",
    );
    expect(thrown(() => convBackwardData(dy, w, {} as never)).message).toContain("inputShape: got undefined");
    expect(thrown(() => convBackwardWeights(x, dy, { kernelShape: [2, 3, 3, 3] })).message).toBe(
      "dy.shape: got [1, 2, 5, 5], expected [1, 2, 3, 3]",
    );
    expect(thrown(() => convTransposeBackwardWeights(x, dy, { kernelShape: [3, 2, 3, 3] })).message).toBe(
      "x.shape: got [1, 3, 5, 5], expected [1, 3, 3, 3], whose transposed convolution has the shape of dy",
    );
    expect(thrown(() => convBackwardBias(w, { activation: "relu", output: dy })).message).toBe(
      "output.shape: got [1, 2, 5, 5], expected [2, 3, 3, 3], as dy has",
    );
    expect(
      thrown(() => convBackwardData(dy, w, { inputShape: [1, 3, 7, 7], activation: "gelu", output: dy })).message,
    ).toContain('expected "pre-activation"');
    for (const tensor of [dy, w, x]) tensor.destroy();
  });

  it.each(["direct", "fft", "winograd", "auto"])(
    "are zero by %s where the outputs see padding alone",
    async (algorithm) => {
      // One cell, three apart: the only window starts before it.
      const arrays = { dy: numbers([2, 3, 1], 1), w: numbers([3, 4, 1], 2) };
      const result = await on(arrays, ({ dy, w }) =>
        convBackwardData(dy, w, { algorithm, stride: 3, padding: 1, inputShape: [2, 4, 1] }),
      );
      expect(result).toEqual({ data: Array.from({ length: 8 }, () => 0), shape: [2, 4, 1] });
    },
  );

  it.each([1, 63, 64, 65, 4097, 70_000])("of the bias sum %d numbers exactly", async (cells) => {
    const dy = numbers([2, 3, cells], cells);
    const expected = plain(reference.convBackwardBias(dy));
    expect(await on({ dy }, (tensors) => convBackwardBias(tensors.dy))).toEqual(expected);
  });

  it("of the bias takes the other layout too", async () => {
    const { data, shape } = numbers([3, 7, 11, 5], 9);
    const dy = engine.tensor(data, shape, { layout: "channels-last" });
    const db = convBackwardBias(dy);
    expect([...(await db.read())]).toEqual([
      ...reference.convBackwardBias({ data, shape }, { layout: "channels-last" }).data,
    ]);
    for (const tensor of [dy, db]) tensor.destroy();
  });
});

describe("plans of the backward passes", () => {
  const descriptor = { inputShape: [2, 3, 9, 8], kernelShape: [4, 3, 3, 3], padding: 1, stride: 2 };
  const x = numbers(descriptor.inputShape, 1);
  const w = numbers(descriptor.kernelShape, 2);
  const dy = numbers([2, 4, 5, 4], 3);
  const geometry = { padding: 1, stride: 2 };

  it("run on the tensors of their pass, again and again", async () => {
    const data = await engine.plan("backward-data", descriptor);
    const weights = await engine.plan("backward-weights", descriptor);
    expect(data.outputShape).toEqual(descriptor.inputShape);
    expect(weights.outputShape).toEqual(descriptor.kernelShape);
    expect(data.bytes).toBe(4 * (x.data.length + w.data.length + dy.data.length));
    const dx = plain(reference.convBackwardData(dy, w, { ...geometry, inputShape: descriptor.inputShape }));
    const dw = plain(reference.convBackwardWeights(x, dy, { ...geometry, kernelShape: descriptor.kernelShape }));
    for (let turn = 0; turn < 2; turn++) {
      expect(await on({ dy, w }, (tensors) => data.run(tensors))).toEqual(dx);
      expect(await on({ x, dy }, (tensors) => weights.run(tensors))).toEqual(dw);
    }
    for (const plan of [data, weights]) plan.destroy();
  });

  it.each(["direct", "im2col", "winograd", "fft"])(
    "by %s are recorded on an encoder of the caller's",
    async (algorithm) => {
      const weights = await engine.plan("backward-weights", { ...descriptor, stride: 1 }, { algorithm });
      const gradient = numbers([2, 4, 9, 8], 5);
      const expected = reference.convBackwardWeights(x, gradient, { padding: 1, kernelShape: descriptor.kernelShape });
      const tensors = { x: engine.tensor(x.data, x.shape), dy: engine.tensor(gradient.data, gradient.shape) };
      const dw = engine.empty(descriptor.kernelShape);
      // dy changes between the runs, and with it what is made of it.
      for (const factor of [1, -2]) {
        tensors.dy.write(gradient.data.map((value) => factor * value));
        const encoder = engine.device.createCommandEncoder();
        weights.encode(encoder, { ...tensors, dw });
        engine.device.queue.submit([encoder.finish()]);
        const values = await dw.read();
        // Integers: what rounds to another one is wrong. (The 0 makes -0 equal to 0.)
        const rounded = Array.from(values, (value) => Math.round(value) + 0);
        expect(rounded).toEqual(Array.from(expected.data, (value) => factor * value + 0));
      }
      weights.destroy();
      for (const tensor of [...Object.values(tensors), dw]) tensor.destroy();
    },
  );

  it("refuse tensors of other passes", async () => {
    const plan = await engine.plan("backward-data", descriptor);
    const tensors = { x: engine.tensor(x.data, x.shape), w: engine.tensor(w.data, w.shape) };
    const gradient = engine.tensor(dy.data, dy.shape);
    expect(thrown(() => plan.run(tensors)).message).toContain("dy: got undefined");
    expect(thrown(() => plan.run({ ...tensors, dy: gradient })).message).toBe(
      "x: got a tensor, expected none: the backward-data pass has no x",
    );
    for (const one of [plan, ...Object.values(tensors), gradient]) one.destroy();
  });

  it("keep what they make of weights with the weights, beside that of other passes", async () => {
    const algorithm = "implicit-gemm";
    const weights = engine.tensor(w.data, w.shape);
    const input = engine.tensor(x.data, x.shape);
    const gradient = engine.tensor(dy.data, dy.shape);
    const results = [
      conv(input, weights, { ...geometry, algorithm }),
      convBackwardData(gradient, weights, { ...geometry, algorithm, inputShape: x.shape }),
    ];
    const kept = engine.memory.weights;
    expect(kept).toBeGreaterThan(0);
    results.push(convBackwardData(gradient, weights, { ...geometry, algorithm, inputShape: x.shape }));
    expect(engine.memory.weights).toBe(kept);
    for (const tensor of [weights, input, gradient, ...results]) tensor.destroy();
  });
});
