// The compilation of models on a GPU: shared, stopped, failing; and what it leaves there.
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type ConvError, type Engine, createEngine } from "../../src/index.ts";
import { Model } from "../../src/model/model.ts";
import { passesFor } from "../../src/model/passes/index.ts";
import { refusal } from "../suite/refusal.ts";
import { input, integers, smallNet, sourceOf } from "./networks.ts";
import { DATA, SHAPE, type Watched, destroyAll, rejection, valuesOf, watchedEngine } from "./watched.ts";

let watched: Watched;
let engine: Engine;
let device: GPUDevice;
beforeAll(async () => {
  watched = await watchedEngine();
  ({ engine, device } = watched);
});
afterAll(() => watched.close());

describe("a compilation", () => {
  it("reports progress up to the whole", async () => {
    using model = new Model(engine, smallNet());
    const seen: number[] = [];
    await model.compile({ x: SHAPE }, { progress: ({ done, total }) => seen.push(done / total) });
    expect(seen.at(-1)).toBe(1);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  });

  it("gives the page its turn after each pass, node, plan and kernel", async () => {
    using model = new Model(engine, smallNet());
    // Each look at the clock finds that the page was held for long.
    let now = 0;
    const clock = vi.spyOn(performance, "now").mockImplementation(() => (now += 1000));
    const turns = vi.spyOn(globalThis, "setTimeout");
    const prepared = vi.spyOn(engine.gpu.pipelines, "prepare");
    try {
      await model.compile({ x: [1, 3, 6, 20] });
      const nodes = 10;
      const { length: passes } = await passesFor(smallNet().graph({ x: [1, 3, 6, 20] }));
      const kernels = prepared.mock.calls.length;
      expect(kernels).toBeGreaterThan(0);
      expect(turns.mock.calls.length).toBeGreaterThanOrEqual(passes + nodes + nodes + kernels);
    } finally {
      for (const spy of [clock, turns, prepared]) spy.mockRestore();
    }
  });

  it("is shared by calls of the same shapes, and stopped only when all have stopped waiting", async () => {
    await watched.leavingNothing(async (make) => {
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
      await watched.leavingNothing(async (make) => {
        const model = make();
        const stop = new AbortController();
        const progress = (now: { done: number; total: number }): void => {
          total = now.total;
          if (now.done > after) stop.abort(new Error("enough"));
        };
        await expect(model.compile({ x: SHAPE }, { signal: stop.signal, progress })).rejects.toThrow("enough");
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
    await watched.leavingNothing(async (make) => {
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
        await watched.leavingNothing(async (make) => {
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
    await watched.leavingNothing(async (make) => {
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
    await watched.leavingNothing(async (make) => {
      const model = make();
      const sizes: number[] = [];
      for (const height of [4, 6, 8, 10, 12, 14]) {
        await model.compile({ x: [1, 3, height, 8] });
        sizes.push(watched.held().plans);
      }
      // The fifth freed the first.
      expect(sizes[4]! - sizes[3]!).toBe(0);
      watched.clear();
      await model.compile({ x: [1, 3, 8, 8] });
      expect(watched.calls).toEqual({});
      await model.compile({ x: [1, 3, 4, 8] });
      expect(watched.calls["createBuffer"]).toBeGreaterThan(0);
    });
  });

  it("of several shapes hold one set of weights, until the last is freed", async () => {
    await watched.leavingNothing(async (make) => {
      const before = watched.held().weights;
      const model = make();
      await model.compile({ x: SHAPE });
      const weights = watched.held().weights - before;
      expect(weights).toBeGreaterThan(0);
      const data = integers(3 * 16 * 8, 7);
      const other = { data, shape: [1, 3, 16, 8] };
      const alone = make();
      const expected = await alone.run({ x: other });
      alone.destroy();
      const shared = await model.run({ x: other });
      expect(await valuesOf(shared)).toEqual(await valuesOf(expected));
      expect(watched.held().weights - before).toBe(weights);
      // Shapes that are compiled at once.
      const sizes = [4, 6, 10, 12, 14];
      const results = await Promise.all(
        sizes.map((height) => model.run({ x: { data: integers(24 * height, 3), shape: [1, 3, height, 8] } })),
      );
      expect(watched.held().weights - before).toBe(weights);
      for (const one of [expected, shared, ...results]) destroyAll(one);
    });
  });

  it("are not freed before the calls that wait for them have run, however many end at once", async () => {
    await watched.leavingNothing(async (make) => {
      const model = make();
      const inputs = [4, 6, 8, 10, 12, 14, 16, 18].map((height) => ({
        data: integers(24 * height, 3),
        shape: [1, 3, height, 8],
      }));
      const results = await Promise.all(inputs.map((x) => model.run({ x })));
      for (const [at, x] of inputs.entries()) {
        const alone = await model.run({ x });
        expect(await valuesOf(results[at]!)).toEqual(await valuesOf(alone));
        destroyAll(alone);
        destroyAll(results[at]!);
      }
    });
  });

  it("share what is computed from weights alone", async () => {
    const data = integers(1000, 1);
    const source = sourceOf([input(["height"])], (builder, x) => {
      const a = builder.constant("a", { shape: [1000, 1], data });
      const [b] = builder.node("b", "abs", { x: a });
      const [root] = builder.node("root", "sqrt", { x: b! });
      const [wide] = builder.node("wide", "reduceSum", { x: root! }, { axes: [1] });
      const [total] = builder.node("total", "reduceSum", { x: wide! }, { axes: [0], keepDimensions: true });
      const [y] = builder.node("y", "add", { a: x, b: total! });
      const [z] = builder.node("z", "reduceSum", { x: root! });
      builder.output("y", y!);
      builder.output("z", z!);
    });
    const before = watched.held();
    const model = new Model(engine, source);
    const first = await model.run({ x: { data: [0, 0], shape: [2] } });
    const { weights } = watched.held();
    const second = await model.run({ x: { data: [0, 0, 0], shape: [3] } });
    expect(watched.held().weights).toBe(weights);
    const [y, z] = [await valuesOf(first), await valuesOf(second)];
    expect(z["y"]![0]).toBe(y["y"]![0]);
    expect(z["z"]).toEqual(y["z"]);
    for (const one of [first, second]) destroyAll(one);
    model.destroy();
    expect(watched.held()).toEqual(before);
  });
});
