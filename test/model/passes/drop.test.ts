// Nodes that nobody reads, and nodes that change nothing.
import { describe, expect, it } from "vitest";
import type { Value } from "../../../src/model/graph.ts";
import { dropDead } from "../../../src/model/passes/drop-dead.ts";
import { dropIdentities } from "../../../src/model/passes/drop-identities.ts";
import { Builder, differenceOf, operatorsOf } from "../interpret.ts";

describe("dropDead", () => {
  it("drops what reaches no output, with what only that reads", () => {
    const builder = new Builder();
    const x = builder.map([1, 2, 3, 3]);
    const y = builder.call("abs", x);
    builder.call("negate", { x: builder.call("exp", y) });
    const before = builder.done(y);
    const after = dropDead(before);
    expect(operatorsOf(after)).toEqual(["abs"]);
    expect(differenceOf(before, after)).toBe(0);
  });

  it("keeps a node of which one of several results is read", () => {
    const builder = new Builder();
    const x = builder.map([1, 4, 3, 3]);
    const [, second] = builder.node("split", "split", { x }, { sections: 2 });
    const graph = builder.done(second!);
    expect(dropDead(graph)).toBe(graph);
  });
});

type Make = (builder: Builder, x: Value) => Value;

const whole = (builder: Builder, number: number): Value => builder.numbers([number], []);

const DROPPED: Readonly<Record<string, Make>> = {
  "reshape to the same shape": (builder, x) => builder.call("reshape", x, { shape: [1, 2, 4, 4] }),
  "transpose by the identity": (builder, x) => builder.call("transpose", x, { permutation: [0, 1, 2, 3] }),
  "pad by nothing": (builder, x) => builder.call("pad", x, { padding: [0, 1, 2, 3].map(() => [0, 0]) }),
  "resize by 1": (builder, x) => builder.call("resize", x, { scale: [1, 1], mode: "linear" }),
  "resize to its size": (builder, x) => builder.call("resize", x, { outputSize: [4, 4], mode: "cubic" }),
  "upsample by 1": (builder, x) => builder.call("upsample", x, { scale: 1 }),
  "clamp without bounds": (builder, x) => builder.call("clamp", x, { max: Infinity }),
  "add 0": (builder, x) => builder.call("add", { a: x, b: builder.numbers([0, 0], [1, 2, 1, 1]) }),
  "0 plus x": (builder, x) => builder.call("add", { a: whole(builder, 0), b: x }),
  "subtract 0": (builder, x) => builder.call("sub", { a: x, b: whole(builder, 0) }),
  "multiply by 1": (builder, x) => builder.call("multiply", { a: whole(builder, 1), b: x }),
  "divide by 1": (builder, x) => builder.call("divide", { a: x, b: whole(builder, 1) }),
  "power of 1": (builder, x) => builder.call("power", { a: x, b: whole(builder, 1) }),
  "slice of all": (builder, x) => builder.call("slice", x, { starts: [0, 0], ends: [99, 2] }),
  "one tensor concatenated": (builder, x) => builder.call("concatenate", { 0: x }, { axis: 1 }),
  "expand to its shape": (builder, x) => builder.call("expand", x, { shape: [4, 4] }),
  "a linear activation of x": (builder, x) => builder.call("activate", x, { activation: "linear" }),
  "pooling of one cell": (builder, x) => builder.call("averagePool", x, { kernelSize: 1, padding: "same" }),
  "a mean over no axes": (builder, x) => builder.call("reduceMean", x, { axes: [0], keepDimensions: true }),
};

const KEPT: Readonly<Record<string, Make>> = {
  "slice backwards": (builder, x) => builder.call("slice", x, { starts: [-1], ends: [-99], steps: [-1], axes: [2] }),
  "a transpose of equal sizes": (builder, x) => builder.call("transpose", x, { permutation: [0, 1, 3, 2] }),
  "a crop shown in its size": (builder, x) =>
    builder.call("resize", x, { outputSize: 4, coordinates: "tf-crop-and-resize", roi: [0.2, 0, 1, 1] }),
  "a factor that keeps the size": (builder, x) => builder.call("resize", x, { scale: 1.2, mode: "linear" }),
  "0 minus x": (builder, x) => builder.call("sub", { a: whole(builder, 0), b: x }),
  "1 divided by x": (builder, x) => builder.call("divide", { a: whole(builder, 1), b: x }),
  "a sum with an activation": (builder, x) =>
    builder.call("add", { a: x, b: whole(builder, 0) }, { activation: "relu" }),
  "a divisor": (builder, x) => builder.call("averagePool", x, { kernelSize: 1, divisor: 2 }),
  "another layout": (builder, x) => builder.call("reshape", x, { shape: [1, 2, 4, 4], layout: "channels-last" }),
  "a broadcast": (builder, x) => builder.call("multiply", { a: x, b: builder.numbers([1], [1, 1, 1, 1, 1]) }),
};

describe("dropIdentities", () => {
  const graphOf = (make: Make) => {
    const builder = new Builder();
    return builder.done(builder.call("abs", make(builder, builder.map([1, 2, 4, 4]))));
  };

  it.each(Object.entries(DROPPED))("drops %s", (_, make) => {
    const before = graphOf(make);
    const after = dropIdentities(before);
    expect(operatorsOf(after)).toEqual(["abs"]);
    expect(differenceOf(before, after)).toBe(0);
  });

  it.each(Object.entries(KEPT))("keeps %s", (_, make) => {
    const graph = graphOf(make);
    expect(dropIdentities(graph)).toBe(graph);
  });

  it("leaves the outputs of a graph under their names", () => {
    const builder = new Builder();
    const x = builder.map([1, 2, 4, 4]);
    const free = (value: Value): Value => builder.call("clamp", value, { min: -Infinity });
    const before = builder.done(free(x), free(builder.call("abs", x)));
    const after = dropIdentities(before);
    expect([...after.outputs.keys()]).toEqual(["y0", "y1"]);
    expect(operatorsOf(after)).toEqual(["abs"]);
    expect(differenceOf(before, after)).toBe(0);
  });
});
