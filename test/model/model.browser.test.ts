// Models on a GPU: the same results as eager calls, and what runs make and leave there.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ConvError, type Engine, type Tensor, createEngine } from "../../src/index.ts";
import { Model } from "../../src/model/model.ts";
import { newDevice } from "../suite/counting.ts";
import { refusal } from "../suite/refusal.ts";
import { eagerSmallNet, input, integers, smallNet, sourceOf } from "./networks.ts";

let engine: Engine;
let device: GPUDevice;
/** Calls of the device's methods since they were last taken. */
let calls: Record<string, number> = {};
beforeAll(async () => {
  device = await newDevice(["shader-f16"]);
  const spy = <Name extends string>(target: { [name in Name]: (...given: never[]) => unknown }, name: Name): void => {
    const own = target[name].bind(target);
    target[name] = (...given) => {
      calls[name] = (calls[name] ?? 0) + 1;
      return own(...given);
    };
  };
  for (const name of [
    "createBuffer",
    "createBindGroup",
    "createComputePipeline",
    "createComputePipelineAsync",
  ] as const)
    spy(device, name);
  spy(device.queue, "submit");
  engine = await createEngine({ device, tuning: "forget" });
});
afterAll(() => {
  engine.destroy();
  device.destroy();
});

const SHAPE = [1, 3, 8, 12];
const DATA = integers(3 * 96, 5);

type Results = Readonly<Record<string, Tensor<"f32" | "f16" | "u32">>>;

const valuesOf = async (tensors: Results) => {
  const entries = Object.entries(tensors).map(async ([name, tensor]) => [name, [...(await tensor.read())]] as const);
  return Object.fromEntries(await Promise.all(entries));
};

const destroyAll = (tensors: Results): void => {
  for (const tensor of Object.values(tensors)) tensor.destroy();
};

/** Bytes in use: all but the pool. */
const held = () => {
  const { tensors, weights, workspace, plans, reads } = engine.memory;
  return { tensors, weights, workspace, plans, reads };
};

/** Runs work on the models it makes, which has to leave nothing. */
async function leavingNothing(work: (make: (source?: Parameters<typeof sourceOf>[1]) => Model) => Promise<void>) {
  const before = held();
  const models: Model[] = [];
  await work((build) => {
    const model = new Model(engine, build ? sourceOf([input([1, 2, 3])], build) : smallNet());
    models.push(model);
    return model;
  });
  for (const model of models) model.destroy();
  expect(held()).toEqual(before);
}

/** The error of a call that is refused. */
async function rejection(work: Promise<unknown>) {
  const error: unknown = await work.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  expect(error).toBeInstanceOf(ConvError);
  return refusal(() => {
    throw error;
  });
}

describe("a run", () => {
  it("computes what the same calls do, bit by bit, from tensors and from numbers", async () => {
    const other = await createEngine({ device, tuning: "forget" });
    const expected = await valuesOf(eagerSmallNet(other, other.tensor(DATA, SHAPE)));
    other.destroy();
    await leavingNothing(async (make) => {
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
    await leavingNothing(async (make) => {
      const model = make();
      using x = engine.tensor(DATA, SHAPE);
      destroyAll(await model.run({ x }));
      calls = {};
      destroyAll(await model.run({ x }));
      expect(calls).toEqual({ submit: 1 });
    });
  });

  it("compiles nothing on the page's thread", async () => {
    await leavingNothing(async (make) => {
      const model = make((builder, x) => {
        // A kernel of its own: the slope of an activation is compiled in.
        const [y] = builder.node("y", "activate", { x }, { activation: { name: "leaky-relu", slope: 0.0123 } });
        builder.output("y", y!);
      });
      calls = {};
      await model.compile();
      expect(calls["createComputePipelineAsync"]).toBe(1);
      expect(calls["createComputePipeline"]).toBeUndefined();
    });
  });

  it("returns inputs, constants, and the same value twice, each as a tensor of its own", async () => {
    await leavingNothing(async (make) => {
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
    await leavingNothing(async (make) => {
      const before = held();
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
      expect(held().weights - before.weights).toBeLessThanOrEqual(256);
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
    const before = held();
    const model = new Model(engine, source);
    const data = integers(64, 3);
    const { y } = await model.run({ x: data });
    expect(await valuesOf({ y: y! })).toEqual({ y: [...data].map((value) => Math.max(value, 0)) });
    const [, arena, largest] = /arena (\d+) bytes \(largest sum of live values (\d+)\)/.exec(model.explain())!;
    expect(Number(arena)).toBeLessThanOrEqual(1.05 * Number(largest));
    y!.destroy();
    model.destroy();
    expect(held()).toEqual(before);
  });

  it("keeps weights only as their convolution reads them", async () => {
    await leavingNothing(async (make) => {
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
      const before = held().weights;
      await model.compile();
      expect(held().weights - before).toBe(preparedBytes);
    });
  });
});

describe("encode", () => {
  it("records a run on the caller's encoder and buffers, any number of times", async () => {
    await leavingNothing(async (make) => {
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

  it("refuses buffers that are missing, too small, or used twice, and models that are not compiled", async () => {
    await leavingNothing(async (make) => {
      const model = make();
      const encoder = device.createCommandEncoder();
      using x = engine.empty(SHAPE);
      using y = engine.empty([1, 4, 8, 12]);
      using classes = engine.empty([1, 4]);
      expect(refusal(() => model.encode(encoder, { x, y, classes }))).toMatchObject({ argument: "model.encode" });
      await model.compile({ x: SHAPE });
      const refused = (buffers: object) => refusal(() => model.encode(encoder, buffers as never)).argument;
      expect(refused({ x, y })).toBe("buffers.classes");
      expect(refused({ x, y: classes, classes })).toBe("buffers.y");
      expect(refused({ x: y, y, classes })).toBe("buffers.y");
      expect(refused({ x, y, classes: y })).toBe("buffers.classes");
      expect(refused({ x, y, classes, z: y })).toBe("buffers");
    });
  });
});

describe("inputs", () => {
  it("are refused by their names", async () => {
    await leavingNothing(async (make) => {
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

describe("a compilation", () => {
  it("reports progress up to the whole", async () => {
    using model = new Model(engine, smallNet());
    const seen: number[] = [];
    await model.compile({ x: SHAPE }, { progress: ({ done, total }) => seen.push(done / total) });
    expect(seen.at(-1)).toBe(1);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  });

  it("is shared by calls of the same shapes, and stopped only when all have stopped waiting", async () => {
    await leavingNothing(async (make) => {
      const model = make();
      using x = engine.tensor(DATA, SHAPE);
      const stop = new AbortController();
      const first = model.compile({ x: SHAPE }, { signal: stop.signal });
      const [second, third] = [model.run({ x }), model.run({ x })];
      stop.abort(new Error("enough"));
      await expect(first).rejects.toThrow("enough");
      const [one, two] = [await second, await third];
      expect(await valuesOf(one)).toEqual(await valuesOf(two));
      for (const results of [one, two]) destroyAll(results);
    });
  });

  it("leaves nothing when it is aborted, at whatever moment", async () => {
    let total = 1;
    for (let after = 0; after < total; after++) {
      await leavingNothing(async (make) => {
        const model = make();
        const stop = new AbortController();
        const progress = (now: { done: number; total: number }): void => {
          total = now.total;
          if (now.done > after) stop.abort(new Error("enough"));
        };
        await expect(model.compile({ x: SHAPE }, { signal: stop.signal, progress })).rejects.toThrow("enough");
        // The compilation itself stops at its next wait.
        await new Promise((resolve) => setTimeout(resolve, 30));
      });
    }
  });

  it("starts again after it was aborted", async () => {
    using model = new Model(engine, smallNet());
    const stop = new AbortController();
    const aborted = model.compile({ x: SHAPE }, { signal: stop.signal });
    stop.abort(new Error("enough"));
    await expect(aborted).rejects.toThrow("enough");
    await model.compile({ x: SHAPE });
    await expect(model.compile({ x: SHAPE }, { signal: AbortSignal.abort(new Error("before")) })).rejects.toThrow(
      "before",
    );
  });

  it("is rejected when the model is destroyed meanwhile", async () => {
    await leavingNothing(async (make) => {
      const model = make();
      const compiling = model.compile({ x: SHAPE });
      const running = model.run({ x: { data: DATA, shape: SHAPE } });
      model.destroy();
      for (const work of [compiling, running]) await expect(work).rejects.toMatchObject({ code: "destroyed" });
    });
    using model = new Model(engine, smallNet());
    model.destroy();
    expect(await rejection(model.compile({ x: SHAPE }))).toMatchObject({
      code: "destroyed",
      argument: "model.compile",
    });
    expect(refusal(() => model.explain())).toMatchObject({ code: "destroyed" });
  });

  it("is rejected when the engine is destroyed meanwhile", async () => {
    const own = await createEngine({ device, tuning: "forget" });
    const model = new Model(own, smallNet());
    const compiling = model.compile({ x: SHAPE });
    own.destroy();
    await expect(compiling).rejects.toMatchObject({ code: "destroyed" });
    expect(own.memory.total).toBe(0);
    model.destroy();
  });

  it("leaves nothing when an allocation fails", async () => {
    const create = device.createBuffer.bind(device);
    try {
      // How many allocations succeed, until none fails.
      const outcomes: string[] = [];
      while (outcomes.at(-1) !== "compiled") {
        await leavingNothing(async (make) => {
          const model = make();
          let count = 0;
          device.createBuffer = function (descriptor) {
            if (++count > 2 * outcomes.length) throw new RangeError("no memory");
            return create(descriptor);
          };
          const compiled = await model.compile({ x: SHAPE }).then(
            () => "compiled",
            ({ code }: ConvError) => code,
          );
          device.createBuffer = create;
          expect(compiled).toBe(count > 2 * outcomes.length ? "out-of-memory" : "compiled");
          outcomes.push(compiled);
        });
      }
      expect(outcomes.length).toBeGreaterThan(3);
    } finally {
      device.createBuffer = create;
    }
  });

  it("names the node that the device cannot compute, and leaves nothing", async () => {
    await leavingNothing(async (make) => {
      const rows = Math.ceil(device.limits.maxStorageBufferBindingSize / 24) + 1;
      const model = make((builder, x) => {
        const [wide] = builder.node("wide", "expand", { x }, { shape: [rows, 2, 3] });
        const [y] = builder.node("y", "reduceSum", { x: wide! });
        builder.output("y", y!);
      });
      expect(await rejection(model.compile())).toMatchObject({
        ...{ code: "too-large", argument: "node wide (expand): y" },
      });
    });
  });
});

describe("compiled graphs", () => {
  it("are kept for the last four sets of shapes", async () => {
    await leavingNothing(async (make) => {
      const model = make();
      const sizes: number[] = [];
      for (const height of [4, 6, 8, 10, 12, 14]) {
        await model.compile({ x: [1, 3, height, 8] });
        sizes.push(held().plans);
      }
      // The fifth freed the first.
      expect(sizes[4]! - sizes[3]!).toBe(0);
      calls = {};
      await model.compile({ x: [1, 3, 8, 8] });
      expect(calls).toEqual({});
      await model.compile({ x: [1, 3, 4, 8] });
      expect(calls["createBuffer"]).toBeGreaterThan(0);
    });
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
