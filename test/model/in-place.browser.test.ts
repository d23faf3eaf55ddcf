// Concatenation in place: what its producers write where it belongs, with the same results, in no more memory.
import { afterAll, beforeAll, expect, it } from "vitest";
import type { GraphBuilder } from "../../src/model/graph-builder.ts";
import type { Value } from "../../src/model/graph.ts";
import { Model } from "../../src/model/model.ts";
import { input, integers, sourceOf } from "./networks.ts";
import { type Watched, destroyAll, valuesOf, watchedEngine } from "./watched.ts";

let watched: Watched;
beforeAll(async () => {
  watched = await watchedEngine();
});
afterAll(() => watched.close());

const SHAPE = [1, 4, 8, 8];

/** Runs a network, and returns its values and how it was computed. */
async function computed(build: (builder: GraphBuilder, x: Value) => void, shape = SHAPE) {
  const before = watched.held();
  const model = new Model(watched.engine, sourceOf([input(shape)], build));
  const data = integers(
    shape.reduce((product, size) => product * size),
    3,
  );
  const results = await model.run({ x: data });
  const values = await valuesOf(results);
  destroyAll(results);
  const text = model.explain();
  model.destroy();
  expect(watched.held()).toEqual(before);
  const [, arena, largest] = /arena (\d+) bytes \(largest sum of live values (\d+)\)/.exec(text)!;
  const copies = text.split("\n").filter((line) => line.includes(": concatenate ")).length;
  return { data, values, copies, arena: Number(arena), largest: Number(largest) };
}

it("of maps that are computed before it copies nothing and takes no memory of its own", async () => {
  const { data, values, copies, arena } = await computed((builder, x) => {
    const [a] = builder.node("a", "negate", { x });
    const [b] = builder.node("b", "abs", { x });
    const [c] = builder.node("c", "upsample", { x: a! }, { scale: 2 });
    const [d] = builder.node("d", "maxPool", { x: c! }, { kernelSize: 2 });
    const [both] = builder.node("both", "concatenate", { 0: b!, 1: d!, 2: a! });
    const [y] = builder.node("y", "exp", { x: both! });
    const [z] = builder.node("z", "log", { x: y! });
    builder.output("z", z!);
  });
  const negated = [...data].map((value) => -value);
  const expected = [...[...data].map(Math.abs), ...negated, ...negated];
  expect(values["z"]!.map(Math.round).map((value) => value + 0)).toEqual(expected.map((value) => value + 0));
  expect(copies).toBe(0);
  // The upsampled map and the concatenation.
  expect(arena).toBeLessThanOrEqual((4 + 3) * 1024);
});

it("works in the results of the model, in concatenations of concatenations, and beside copies", async () => {
  const { data, values, copies } = await computed((builder, x) => {
    const [a] = builder.node("a", "negate", { x });
    const [b] = builder.node("b", "activate", { x: a! }, { activation: "relu" });
    const [inner] = builder.node("inner", "concatenate", { 0: a!, 1: b! });
    const [c] = builder.node("c", "abs", { x });
    // The input is copied, and so is what stands twice.
    const [outer] = builder.node("outer", "concatenate", { 0: inner!, 1: x, 2: c!, 3: c! });
    const [sum] = builder.node("sum", "reduceSum", { x: inner! }, { axes: [1] });
    builder.output("outer", outer!);
    builder.output("sum", sum!);
  });
  const parts = [...data].map((value) => [-value, Math.max(-value, 0), value, Math.abs(value), Math.abs(value)]);
  const expected = [0, 1, 2, 3, 4].flatMap((part) => parts.map((one) => one[part]!));
  expect(values["outer"]!.map((value) => value + 0)).toEqual(expected.map((value) => value + 0));
  expect(copies).toBe(1);
});

it("is left to copies where slices are apart in memory, or begin within a piece that binds", async () => {
  const both = (builder: GraphBuilder, x: Value, axis: number) => {
    const [a] = builder.node("a", "negate", { x });
    const [b] = builder.node("b", "abs", { x });
    const [y] = builder.node("y", "concatenate", { 0: a!, 1: b! }, { axis });
    builder.output("y", y!);
  };
  const { data, values, copies } = await computed((builder, x) => both(builder, x, 2));
  const planes = [0, 1, 2, 3].flatMap((plane) => {
    const own = [...data].slice(plane * 64, plane * 64 + 64);
    return [...own.map((value) => -value), ...own.map(Math.abs)];
  });
  expect(values["y"]!.map((value) => value + 0)).toEqual(planes.map((value) => value + 0));
  expect(copies).toBe(1);
  const odd = await computed((builder, x) => both(builder, x, 1), [1, 3, 3, 5]);
  expect(odd.copies).toBe(1);
});

it("is left to copies where it would hold its memory for longer than there is room", async () => {
  const { values, copies, data } = await computed((builder, x) => {
    const [early] = builder.node("early", "negate", { x });
    const [wide] = builder.node("wide", "upsample", { x: early! }, { scale: 8 });
    const [small] = builder.node("small", "maxPool", { x: wide! }, { kernelSize: 8 });
    const [many] = builder.node("many", "expand", { x: small! }, { shape: [1, 4, 8, 8] });
    const rest = Array.from({ length: 30 }, (_, at) => builder.node(`part${at}`, "abs", { x: many! })[0]!);
    const [y] = builder.node("y", "concatenate", Object.fromEntries([early!, ...rest].entries()));
    const [top] = builder.node("top", "reduceMax", { x: y! }, { axes: [1] });
    builder.output("top", top!);
  });
  expect(values["top"]).toEqual(
    Array.from({ length: 64 }, (_, at) => Math.max(...[0, 1, 2, 3].map((plane) => Math.abs(data[plane * 64 + at]!)))),
  );
  expect(copies).toBe(1);
});
