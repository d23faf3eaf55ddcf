// Tensors as a user meets them: their values, their memory, their prepacked copies; and every refusal of bad input.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Dtype } from "../../src/base/dtype.ts";
import { type ConvErrorCode, type Engine, createEngine, conv } from "../../src/index.ts";
import { maxPool, softmax } from "../../src/ops/index.ts";
import { expectNoLeaks } from "../suite/leaks.ts";
import { integers } from "../suite/random.ts";
import { INPUT, KERNEL, PADDING_1, thrown } from "../suite/worked.ts";

const adapter = await navigator.gpu.requestAdapter();
const dtypes: readonly Dtype[] = adapter?.features.has("shader-f16") ? ["f32", "f16"] : ["f32"];

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.destroy());
expectNoLeaks(() => engine);

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

  it.each(dtypes)("have any number of axes up to eight, and none, in %s", async (dtype) => {
    for (let rank = 0; rank <= 8; rank++) {
      const shape = Array.from({ length: rank }, (_, axis) => (axis % 3) + 1);
      const count = shape.reduce((product, size) => product * size, 1);
      const values = Array.from({ length: count }, (_, at) => at);
      using tensor = engine.tensor(values, shape, { dtype });
      expect([tensor.shape, tensor.size]).toEqual([shape, count]);
      expect([...(await tensor.read())]).toEqual(values);
    }
    expect(thrown(() => engine.empty([1, 1, 1, 1, 1, 1, 1, 1, 1])).message).toMatch(
      /expected an array of 0 to 8 sizes/,
    );
  });

  it.each(dtypes)("may be empty, in %s", async (dtype) => {
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC;
    const buffer = engine.device.createBuffer({ size: 16, usage });
    for (const shape of [[0], [0, 3, 5, 5], [2, 0, 4], [1, 3, 0]]) {
      using made = engine.tensor([], shape, { dtype });
      using empty = engine.empty(shape, { dtype });
      using wrapped = engine.wrap(buffer, shape, { dtype });
      for (const tensor of [made, empty, wrapped]) {
        expect(tensor.size).toBe(0);
        expect(await tensor.read()).toEqual(new Float32Array(0));
      }
      made.write([]);
      expect(thrown(() => made.write([1])).code).toBe("shape-mismatch");
    }
    buffer.destroy();
  });

  it("of indices keep every 32-bit integer, and are refused where floats are expected", async () => {
    const most = 2 ** 32 - 1;
    const indices = engine.tensor([0, 2 ** 24 + 1, most], [3], { dtype: "u32" });
    const values: Uint32Array = await indices.read();
    expect(values).toEqual(Uint32Array.of(0, 2 ** 24 + 1, most));
    indices.write(Uint32Array.of(most, 7, 2 ** 31));
    expect(await indices.read()).toEqual(Uint32Array.of(most, 7, 2 ** 31));
    const zeros = engine.empty([1, 1, 5, 5], { dtype: "u32" });
    expect(await zeros.read()).toEqual(new Uint32Array(25));
    const wrapped = engine.wrap(indices.buffer, [2], { dtype: "u32" });
    expect(await wrapped.read()).toEqual(Uint32Array.of(most, 7));
    const x = engine.tensor(INPUT, [1, 1, 5, 5]);
    const w = engine.tensor(KERNEL, [1, 1, 3, 3]);
    const before = engine.memory.total;
    // @ts-expect-error Indices are no operands of arithmetic.
    expect(thrown(() => conv(zeros, w)).message).toMatch(/^x\.dtype: got "u32", expected "f32" or "f16"/);
    // @ts-expect-error
    expect(thrown(() => conv(x, zeros)).message).toMatch(/^w\.dtype: got "u32"/);
    // @ts-expect-error
    expect(thrown(() => maxPool(zeros, { kernelSize: 2 })).message).toMatch(/^x\.dtype: got "u32"/);
    // @ts-expect-error
    expect(thrown(() => softmax(zeros)).message).toMatch(/^x\.dtype: got "u32"/);
    for (const odd of [-1, 0.5, 2 ** 32, Number.NaN, Infinity])
      expect(thrown(() => indices.write([0, odd, 0])).message).toMatch(
        /^data\[1\]: got [-\w.]+, expected an integer from 0 to 2\^32 - 1/,
      );
    expect(engine.memory.total).toBe(before);
    for (const one of [indices, zeros, wrapped, x, w]) one.destroy();
  });

  it("wrap a buffer without owning it", async () => {
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    const buffer = engine.device.createBuffer({ size: 256, usage });
    engine.device.queue.writeBuffer(buffer, 0, Float32Array.from(INPUT));
    const x = engine.wrap(buffer, [1, 1, 5, 5]);
    expect(engine.memory.tensors).toBe(0);
    const w = engine.tensor(KERNEL, [1, 1, 3, 3]);
    const y = conv(x, w, { padding: 1 });
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

describe("prepacked weights", () => {
  const inputShape = [1, 8, 9, 9];
  const kernelShape = [4, 8, 3, 3];
  const count = 4 * 8 * 9;

  it.each(["implicit-gemm", "winograd", "fft"])(
    "by %s are kept with the tensor, packed again after a write, and freed with it",
    async (algorithm) => {
      const options = { padding: 1, algorithm };
      const x = engine.tensor(integers(8 * 81, 1, 4), inputShape);
      const w = engine.tensor(integers(count, 2, 4), kernelShape);
      const before = engine.memory.weights;
      const valuesOf = async (weights: typeof w): Promise<Float32Array> => {
        const y = conv(x, weights, options);
        const values = await y.read();
        y.destroy();
        return values;
      };
      const first = await valuesOf(w);
      const kept = engine.memory.weights;
      expect(kept).toBeGreaterThan(before);
      expect(await valuesOf(w)).toEqual(first);
      expect(engine.memory.weights).toBe(kept);

      // Written by the tensor, then behind its back: the result is that of fresh weights with the same values.
      const changes = [3, 4].map((seed) => integers(count, seed, 4));
      for (const [turn, values] of changes.entries()) {
        if (turn === 0) w.write(values);
        else {
          engine.device.queue.writeBuffer(w.buffer, 0, values as Float32Array<ArrayBuffer>);
          w.updated();
        }
        const fresh = engine.tensor(values, kernelShape);
        const result = await valuesOf(w);
        expect(result).toEqual(await valuesOf(fresh));
        expect(result).not.toEqual(first);
        fresh.destroy();
      }
      expect(engine.memory.weights).toBe(kept);
      w.destroy();
      x.destroy();
      expect(engine.memory.weights).toBe(before);
    },
  );

  it("are packed on the caller's encoder each time if the weights are a buffer", async () => {
    const plan = await engine.plan("forward", { inputShape, kernelShape, padding: 1 }, { algorithm: "winograd" });
    const x = engine.tensor(integers(8 * 81, 1, 4), inputShape);
    const w = engine.tensor(integers(count, 2, 4), kernelShape);
    const y = engine.empty(plan.outputShape);
    for (const seed of [2, 5]) {
      w.write(integers(count, seed, 4));
      const encoder = engine.device.createCommandEncoder();
      plan.encode(encoder, { x, w: w.buffer, y });
      engine.device.queue.submit([encoder.finish()]);
      const expected = plan.run({ x, w });
      expect(await y.read()).toEqual(await expected.read());
      expected.destroy();
    }
    for (const one of [plan, x, w, y]) one.destroy();
    expect(engine.memory.weights).toBe(0);
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
    const options = (changes: object) => () => conv(x, w, changes);
    const cases: [() => unknown, ConvErrorCode, RegExp][] = [
      [() => conv(wide, w), "shape-mismatch", /^w\.shape: got \[1, 1, 3, 3\], expected an array of 3 sizes/],
      [() => conv(x, last), "shape-mismatch", /^w\.layout: got "channels-last", expected "channels-first"/],
      [() => conv(dead, w), "destroyed", /^x: got a destroyed tensor/],
      [() => conv(x, dead), "destroyed", /^w: got a destroyed tensor/],
      [() => conv(x, foreign), "foreign-tensor", /^w: got a tensor of another engine/],
      [() => conv(null as never, w), "invalid-argument", /^x: got null, expected a Tensor/],
      [() => conv(x, w, null as never), "invalid-argument", /^options: got null/],
      [options({ groups: 2 }), "shape-mismatch", /^groups: got 2, expected a divisor of the 1 input channels/],
      [options({ stride: 0 }), "invalid-argument", /^stride: got 0, expected an integer of at least 1/],
      [options({ dilation: [1, 0] }), "invalid-argument", /^dilation\[1\]: got 0/],
      [options({ padding: -2 }), "empty-output", /expected at most the padded input, 1 cells/],
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
      [options({ paddingMode: "mirror" }), "invalid-argument", /^paddingMode: got "mirror", expected one of "zeros"/],
      [() => engine.tensor([1, 2], [3]), "shape-mismatch", /^data: got 2 elements, expected 3/],
      [() => engine.tensor("abc" as never, [3]), "invalid-argument", /^data: got "abc", expected an array/],
      [() => engine.tensor([1, "2", 3] as never, [3]), "invalid-argument", /^data\[1\]: got "2", expected a number/],
      [() => engine.tensor([], [-1]), "invalid-argument", /^shape\[0\]: got -1, expected an integer of at least 0/],
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
