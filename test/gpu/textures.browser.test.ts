// Kernels that load operands from textures compute the same bits as kernels that load them from storage, for every kind of buffer. The planner
// offers them in Firefox's software adapter alone; here they run on every adapter.
import { afterAll, expect, it } from "vitest";
import { Engine } from "../../src/engine.ts";
import { type ConvOptions, type Layout, type Tensor, conv, createEngine } from "../../src/index.ts";
import type { ModelSource } from "../../src/model/graph.ts";
import { Model } from "../../src/model/model.ts";
import { input, integers, sourceOf } from "../model/networks.ts";
import { LAVAPIPE } from "../suite/lavapipe.ts";
import { expectNoLeaks } from "../suite/leaks.ts";

const own = await createEngine({ tuning: "forget" });
const { device } = own;
const engine = new Engine({ device, owned: false, adapterInfo: device.adapterInfo }, LAVAPIPE);
afterAll(() => {
  engine.destroy();
  own.destroy();
});
expectNoLeaks(() => engine);

/** Numbers in no order, which do not add up exactly. */
function numbers(shape: readonly number[], seed: number): Float32Array {
  const count = shape.reduce((product, size) => product * size);
  return Float32Array.from({ length: count }, (_, at) => Math.sin(at * 12.9898 + seed));
}

const tensor = (shape: readonly number[], seed: number): Tensor => engine.tensor(numbers(shape, seed), shape);

/** [algorithm, layout, options, the shapes of x and w]: the copies take several rows, or not even one. */
const CASES: readonly (readonly [string, Layout, ConvOptions, readonly number[], readonly number[]])[] = [
  ["pointwise", "channels-first", {}, [2, 40, 20, 10], [24, 40, 1, 1]],
  ["pointwise", "channels-first", { groups: 2 }, [1, 16, 6, 6], [8, 8, 1, 1]],
  ["pointwise", "channels-last", {}, [2, 9, 11, 40], [1, 1, 40, 24]],
  ["im2col", "channels-first", { stride: 2 }, [1, 24, 31, 31], [20, 24, 3, 3]],
];

async function valuesOf(x: Tensor, w: Tensor, options: ConvOptions): Promise<Float32Array> {
  using y = conv(x, w, options);
  return y.read();
}

it.each(CASES)("by %s, %s, %o of %o and %o", async (algorithm, layout, options, xShape, wShape) => {
  using x = engine.tensor(numbers(xShape, 1), xShape, { layout });
  using w = engine.tensor(numbers(wShape, 2), wShape, { layout });
  const expected = await valuesOf(x, w, { ...options, algorithm, variant: "m8n4" });
  expect(await valuesOf(x, w, { ...options, algorithm, variant: "m8n8-textures" })).toEqual(expected);
});

it("by calls one after the other, of the same and of other sizes", async () => {
  const options = { algorithm: "pointwise", variant: "m8n8-textures" };
  using w = tensor([16, 16, 1, 1], 5);
  const run = async (side: number): Promise<[Float32Array, Float32Array]> => {
    using x = tensor([1, 16, side, side], side);
    const [here, there] = [valuesOf(x, w, options), valuesOf(x, w, { ...options, variant: "m8n4" })];
    return [await here, await there];
  };
  for (const [values, expected] of await Promise.all([6, 40, 6, 8, 40].map(run))) expect(values).toEqual(expected);
});

it("of buffers that may be bound and not copied from", async () => {
  const [xShape, wShape] = [
    [1, 40, 20, 10],
    [24, 40, 1, 1],
  ];
  using x = tensor(xShape, 1);
  using w = tensor(wShape, 2);
  const options = { algorithm: "pointwise", variant: "m8n8-textures" };
  const expected = await valuesOf(x, w, options);
  const buffer = device.createBuffer({ size: 32_000, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST });
  try {
    device.queue.writeBuffer(buffer, 0, numbers(xShape, 1));
    using wrapped = engine.wrap(buffer, xShape);
    expect(await valuesOf(wrapped, w, options)).toEqual(expected);

    const plan = await engine.plan("forward", { inputShape: xShape, kernelShape: wShape }, options);
    using y = engine.empty([1, 24, 20, 10]);
    const encoder = device.createCommandEncoder();
    plan.encode(encoder, { x: buffer, w, y });
    device.queue.submit([encoder.finish()]);
    expect(await y.read()).toEqual(expected);
    plan.destroy();
  } finally {
    buffer.destroy();
  }
});

/** A network whose second convolution takes larger textures than its first, on integers. */
function network(): ModelSource {
  return sourceOf([input([1, 8, 20, 20])], (builder, x) => {
    const narrow = builder.constant("narrow", { shape: [24, 8, 1, 1], data: integers(192, 1) });
    const wide = builder.constant("wide", { shape: [16, 24, 3, 3], data: integers(3456, 2) });
    const [a] = builder.node("a", "conv", { x, w: narrow }, { algorithm: "pointwise", activation: "relu" });
    const [y] = builder.node("y", "conv", { x: a!, w: wide }, { algorithm: "im2col", padding: 1 });
    builder.output("y", y!);
  });
}

it("by models, which hold textures of their own until they are destroyed", async () => {
  const data = integers(3200, 3);
  const shape = [1, 8, 20, 20];
  const run = async (on: Engine): Promise<ArrayLike<number>> => {
    using model = new Model(on, network());
    using x = on.tensor(data, shape);
    const { y } = await model.run({ x });
    const values = await y!.read();
    y!.destroy();
    return values;
  };
  const expected = await run(own);
  const before = engine.memory.workspace;
  expect(await run(engine)).toEqual(expected);
  expect(engine.memory.workspace).toBe(before);

  using model = new Model(engine, network());
  await model.compile({ x: shape });
  expect(engine.memory.workspace - before).toBeGreaterThan(24 * 9 * 400 * 4);
  using x = engine.tensor(data, shape);
  using y = engine.empty([1, 16, 20, 20]);
  const encoder = device.createCommandEncoder();
  model.encode(encoder, { x, y });
  device.queue.submit([encoder.finish()]);
  expect(await y.read()).toEqual(expected);
});
