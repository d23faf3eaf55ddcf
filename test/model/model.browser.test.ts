// Models on a GPU: the same results as eager calls, and what runs make and leave there.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Engine, createEngine } from "../../src/index.ts";
import { Model } from "../../src/model/model.ts";
import { refusal } from "../suite/refusal.ts";
import { eagerSmallNet, input, integers, smallNet, sourceOf } from "./networks.ts";
import { DATA, SHAPE, type Watched, destroyAll, rejection, valuesOf, watchedEngine } from "./watched.ts";

let watched: Watched;
let engine: Engine;
let device: GPUDevice;
beforeAll(async () => {
  watched = await watchedEngine();
  ({ engine, device } = watched);
});
afterAll(() => watched.close());

describe("a run", () => {
  it("computes what the same calls do, bit by bit, from tensors and from numbers", async () => {
    const other = await createEngine({ device, tuning: "forget" });
    const expected = await valuesOf(eagerSmallNet(other, other.tensor(DATA, SHAPE)));
    other.destroy();
    await watched.leavingNothing(async (make) => {
      const model = make();
      using x = engine.tensor(DATA, SHAPE);
      const got = await model.run({ x });
      expect(got["y"]!.shape).toEqual([1, 4, 8, 12]);
      expect(await valuesOf(got)).toEqual(expected);
      const again = await model.run({ x: { data: DATA, shape: SHAPE } });
      expect(await valuesOf(again)).toEqual(expected);
      for (const results of [got, again]) destroyAll(results);
    });
  });

  it("makes no buffer, no bind group and no pipeline the second time, and is one submit", async () => {
    await watched.leavingNothing(async (make) => {
      const model = make();
      using x = engine.tensor(DATA, SHAPE);
      destroyAll(await model.run({ x }));
      watched.clear();
      destroyAll(await model.run({ x }));
      expect(watched.calls).toEqual({ submit: 1 });
    });
  });

  it("compiles nothing on the page's thread", async () => {
    await watched.leavingNothing(async (make) => {
      const model = make((builder, x) => {
        // A kernel of its own: the slope of an activation is compiled in.
        const [y] = builder.node("y", "activate", { x }, { activation: { name: "leaky-relu", slope: 0.0123 } });
        builder.output("y", y!);
      });
      watched.clear();
      await model.compile();
      expect(watched.calls["createComputePipelineAsync"]).toBe(1);
      expect(watched.calls["createComputePipeline"]).toBeUndefined();
    });
  });

  it("returns inputs, constants, and the same value twice, each as a tensor of its own", async () => {
    await watched.leavingNothing(async (make) => {
      const model = make((builder, x) => {
        const [y] = builder.node("y", "negate", { x });
        const [row] = builder.node("row", "reshape", { x: y! }, { shape: [6] });
        const fixed = builder.constant("fixed", { shape: [2], data: new Float32Array([3, 4]) });
        for (const [name, value] of Object.entries({ x, y: y!, again: y!, row: row!, fixed }))
          builder.output(name, value);
      });
      using x = engine.tensor([1, 2, 3, 4, 5, 6], [1, 2, 3]);
      const got = await model.run({ x });
      const negated = [-1, -2, -3, -4, -5, -6];
      expect(got["row"]!.shape).toEqual([6]);
      const values = { x: [1, 2, 3, 4, 5, 6], y: negated, again: negated, row: negated, fixed: [3, 4] };
      expect(await valuesOf(got)).toEqual(values);
      got["y"]!.write([0, 0, 0, 0, 0, 0]);
      expect((await valuesOf(got))["again"]).toEqual(negated);
      destroyAll(got);
    });
  });

  it("computes what depends on constants alone once, and keeps only what it needs of it", async () => {
    await watched.leavingNothing(async (make) => {
      const before = watched.held();
      const model = make((builder, x) => {
        const a = builder.constant("a", { shape: [1000], data: new Float32Array(1000).fill(1) });
        const [root] = builder.node("root", "sqrt", { x: a });
        const [total] = builder.node("total", "reduceSum", { x: root! }, { axes: [0], keepDimensions: true });
        const [y] = builder.node("y", "multiply", { a: x, b: total! });
        builder.output("y", y!);
      });
      using x = engine.tensor([1, 2, 3, 4, 5, 6], [1, 2, 3]);
      const got = await model.run({ x });
      expect(await valuesOf(got)).toEqual({ y: [1000, 2000, 3000, 4000, 5000, 6000] });
      // The sum alone stays.
      expect(watched.held().weights - before.weights).toBeLessThanOrEqual(256);
      destroyAll(got);
    });
  });

  it("reads and writes one buffer where that saves memory, also what it reads twice", async () => {
    const source = sourceOf([input([1, 1, 8, 8])], (builder, x) => {
      const [wide] = builder.node("wide", "upsample", { x }, { scale: 4 });
      const [above] = builder.node("above", "clamp", { x: wide! }, { min: 0 });
      const [small] = builder.node("small", "maxPool", { x: above! }, { kernelSize: 4 });
      const [squared] = builder.node("squared", "multiply", { a: small!, b: small! });
      const [root] = builder.node("root", "sqrt", { x: squared! });
      const [wider] = builder.node("wider", "upsample", { x: root! }, { scale: 6 });
      const [y] = builder.node("y", "maxPool", { x: wider! }, { kernelSize: 6 });
      builder.output("y", y!);
    });
    const before = watched.held();
    const model = new Model(engine, source);
    const data = integers(64, 3);
    const { y } = await model.run({ x: data });
    expect(await valuesOf({ y: y! })).toEqual({ y: [...data].map((value) => Math.max(value, 0)) });
    const [, arena, largest] = /arena (\d+) bytes \(largest sum of live values (\d+)\)/.exec(model.explain())!;
    expect(Number(arena)).toBeLessThanOrEqual(1.05 * Number(largest));
    y!.destroy();
    model.destroy();
    expect(watched.held()).toEqual(before);
  });

  it("keeps weights only as their convolution reads them", async () => {
    await watched.leavingNothing(async (make) => {
      const data = integers(64 * 64 * 9, 1);
      const plan = await engine.plan(
        "forward",
        { inputShape: [1, 64, 2, 3], kernelShape: [64, 64, 3, 3], padding: 1 },
        { algorithm: "winograd" },
      );
      const { algorithm, variant, preparedBytes } = plan;
      plan.destroy();
      const model = make((builder, x) => {
        const [map] = builder.node("map", "expand", { x }, { shape: [64, 2, 3] });
        const [cells] = builder.node("cells", "reshape", { x: map! }, { shape: [1, 64, 2, 3] });
        const w = builder.constant("w", { shape: [64, 64, 3, 3], data });
        const [y] = builder.node("y", "conv", { x: cells!, w }, { padding: 1, algorithm, variant });
        builder.output("y", y!);
      });
      const before = watched.held().weights;
      await model.compile();
      expect(watched.held().weights - before).toBe(preparedBytes);
    });
  });
});

describe("encode", () => {
  it("records a run on the caller's encoder and buffers, any number of times", async () => {
    await watched.leavingNothing(async (make) => {
      const model = make();
      using x = engine.tensor(DATA, SHAPE);
      const expected = await model.run({ x });
      using y = engine.empty([1, 4, 8, 12]);
      using classes = engine.empty([1, 4]);
      const encoder = device.createCommandEncoder();
      model.encode(encoder, { x: x.buffer, y, classes: classes.buffer });
      model.encode(encoder, { x, y, classes });
      device.queue.submit([encoder.finish()]);
      expect(await valuesOf({ y, classes })).toEqual(await valuesOf(expected));
      destroyAll(expected);
    });
  });

  it("takes the shapes of the tensors given, and of inputs given as buffers those of the last call", async () => {
    await watched.leavingNothing(async (make) => {
      const model = make();
      await model.compile({ x: SHAPE });
      await model.compile({ x: [1, 3, 4, 4] });
      using x = engine.tensor(DATA, SHAPE);
      const expected = await model.run({ x });
      await model.compile({ x: [1, 3, 4, 4] });
      using y = engine.empty([1, 4, 8, 12]);
      using classes = engine.empty([1, 4]);
      const record = (buffers: object) => {
        const encoder = device.createCommandEncoder();
        model.encode(encoder, buffers as never);
        device.queue.submit([encoder.finish()]);
      };
      const refused = (buffers: object) => refusal(() => record(buffers));
      expect(refused({ x: x.buffer, y, classes })).toMatchObject({ code: "shape-mismatch", argument: "buffers.y" });
      record({ x, y, classes });
      expect(await valuesOf({ y, classes })).toEqual(await valuesOf(expected));
      // The last call is of the first shapes again.
      record({ x: x.buffer, y, classes });
      using other = engine.empty([1, 3, 6, 6]);
      const message = "x [1, 3, 6, 6]";
      expect(refused({ x: other, y, classes })).toMatchObject({
        argument: "model.encode",
        got: expect.stringContaining(message),
      });
      using last = engine.empty(SHAPE, { layout: "channels-last" });
      expect(refused({ x: last, y, classes })).toMatchObject({ argument: "x.layout" });
      using halves = engine.empty<"u32">([1, 4, 8, 12], { dtype: "u32" });
      expect(refused({ x, y: halves, classes })).toMatchObject({ argument: "buffers.y.dtype" });
      using deep = engine.empty([1, 3, 8]);
      expect(refused({ x: deep, y, classes })).toMatchObject({ argument: "x.shape" });
      destroyAll(expected);
    });
  });

  it("refuses buffers that are missing, too small, or used twice, and models that are not compiled", async () => {
    await watched.leavingNothing(async (make) => {
      const model = make();
      const encoder = device.createCommandEncoder();
      using x = engine.empty(SHAPE);
      using y = engine.empty([1, 4, 8, 12]);
      using classes = engine.empty([1, 4]);
      expect(refusal(() => model.encode(encoder, { x, y, classes }))).toMatchObject({ argument: "model.encode" });
      await model.compile({ x: SHAPE });
      const refused = (buffers: object) => refusal(() => model.encode(encoder, buffers as never)).argument;
      expect(refused({ x, y })).toBe("buffers.classes");
      expect(refused({ x, y: classes.buffer, classes })).toBe("buffers.y");
      expect(refused({ x: y.buffer, y, classes })).toBe("buffers.y");
      expect(refused({ x, y, classes: y.buffer })).toBe("buffers.classes");
      expect(refused({ x, y, classes, z: y })).toBe("buffers");
    });
  });
});

describe("inputs", () => {
  it("are refused by their names", async () => {
    await watched.leavingNothing(async (make) => {
      const model = make();
      using x = engine.tensor(DATA, SHAPE);
      using deep = engine.empty([1, 4, 8, 12]);
      using last = engine.empty([1, 3, 8, 12], { layout: "channels-last" });
      using whole = engine.empty<"u32">(SHAPE, { dtype: "u32" });
      const gone = engine.empty(SHAPE);
      gone.destroy();
      const cases: [object, string, string][] = [
        [{}, "x", "invalid-argument"],
        [{ x, y: x }, "y", "unknown-option"],
        [{ x: deep }, "x.shape", "shape-mismatch"],
        [{ x: last }, "x.layout", "shape-mismatch"],
        [{ x: whole }, "x.dtype", "shape-mismatch"],
        [{ x: gone }, "x", "destroyed"],
        [{ x: DATA }, "x", "invalid-argument"],
        [{ x: { data: DATA, shape: [1, 3, 8, 13] } }, "x", "shape-mismatch"],
        [{ x: { data: "numbers", shape: SHAPE } }, "x", "invalid-argument"],
        [{ x: { data: DATA, shape: "wide" } }, "x.shape", "shape-mismatch"],
        [{ x: 5 }, "x", "invalid-argument"],
      ];
      for (const [inputs, argument, code] of cases)
        expect(await rejection(model.run(inputs as never)), argument).toMatchObject({ argument, code });
      expect(await rejection(model.run({ x }, { signals: 1 } as never))).toMatchObject({ code: "unknown-option" });
      expect(await rejection(model.compile({ x: [1, 3, 8] }))).toMatchObject({ argument: "x.shape" });
      expect(await rejection(model.compile({ z: SHAPE }))).toMatchObject({ argument: "z" });
      expect(await rejection(model.compile())).toMatchObject({ argument: "x" });
    });
    const other = await createEngine({ device, tuning: "forget" });
    using model = new Model(engine, smallNet());
    expect(await rejection(model.run({ x: other.empty(SHAPE) }))).toMatchObject({ code: "foreign-tensor" });
    other.destroy();
  });

  it("of sizes with the same name have the same size", async () => {
    const source = sourceOf([input(["n"], "a"), input(["n", 2], "b")], (builder, a) => builder.output("y", a));
    using model = new Model(engine, source);
    const refused = await rejection(model.compile({ a: [3], b: [4, 2] }));
    expect(refused).toMatchObject({ argument: "b.shape", expected: "[n, 2] with n = 3, as a has" });
  });
});

it("explains each node, and the whole", async () => {
  using model = new Model(engine, smallNet());
  await model.compile({ x: SHAPE });
  const lines = model.explain().split("\n");
  const start = lines.map((line) => line.split(",")[0]!.replace(/ with .*(?=:)/, ""));
  expect(start.slice(0, 2)).toEqual(["first: conv [1", "second: conv [1"]);
  expect(lines[0]).toMatch(/^first: conv \[1, 8, 8, 12\], direct \S+, estimated .* ms, 3072 bytes$/);
  expect(lines.at(-1)).toMatch(/nodes, estimated .* ms in 1 submit, arena \d+ bytes .*, weights \d+ bytes/);
});
