// Operators of graphs without a GPU: what they refuse, and that names and shapes come out right.
import { describe, expect, it } from "vitest";
import { GraphBuilder } from "../../src/model/graph-builder.ts";
import type { Value } from "../../src/model/graph.ts";
import { operators } from "../../src/model/operators.ts";
import { refusal } from "../suite/refusal.ts";

const value = (name: string, shape: readonly number[], more: Partial<Value> = {}): Value => ({
  ...{ name, shape, layout: "channels-first", dtype: "f32" },
  ...more,
});

describe("infer", () => {
  it("plans and computes nothing: a convolution whose tensors no device could hold", () => {
    const inputs = { x: value("x", [1, 1024, 1400, 1400]), w: value("w", [1, 1024, 3, 3]), bias: value("b", [1]) };
    const [y] = operators["conv"]!.infer(inputs, { padding: 1, stride: 2, activation: "relu" });
    expect(y).toEqual({ shape: [1, 1, 700, 700], layout: "channels-first", dtype: "f32" });
  });

  it("gives results in their order, with their own element types", () => {
    const x = value("x", [1, 2, 4, 6], { dtype: "f16" });
    expect(operators["maxPoolWithIndices"]!.infer({ x }, { kernelSize: 2 })).toEqual([
      { shape: [1, 2, 2, 3], layout: "channels-first", dtype: "f16" },
      { shape: [1, 2, 2, 3], layout: "channels-first", dtype: "u32" },
    ]);
    const [first, second] = operators["split"]!.infer({ x }, { axis: 3, sizes: [1, 5] });
    expect([first!.shape, second!.shape]).toEqual([
      [1, 2, 4, 1],
      [1, 2, 4, 5],
    ]);
  });

  it("takes the tensors of a list in the order of their numbers", () => {
    const inputs = Object.fromEntries(Array.from({ length: 11 }, (_, at) => [at, value(`x${at}`, [1, at + 1, 2, 2])]));
    expect(operators["concatenate"]!.infer(inputs, {})[0]!.shape).toEqual([1, 66, 2, 2]);
  });
});

describe("a node", () => {
  const build = () => {
    const builder = new GraphBuilder(operators);
    return { builder, x: builder.input(value("x", [1, 4, 8, 8])) };
  };

  it("has the shapes, layouts and types of its results", () => {
    const { builder, x } = build();
    const w = builder.constant("w", { shape: [6, 4, 3, 3], data: new Float32Array(216) });
    const [y] = builder.node("first", "conv", { x, w }, { padding: 1 });
    const [z] = builder.node("flat", "flatten", { x: y! });
    builder.output("z", z!);
    expect(z).toEqual({ name: "flat:0", shape: [1, 384], layout: "channels-first", dtype: "f32" });
    expect(builder.build().nodes.map(({ name }) => name)).toEqual(["first", "flat"]);
  });

  it.each([
    ["an input of a wrong shape", "conv", { w: value("w", [6, 5, 3, 3]) }, {}, "w.shape", /^\[6, 5, 3, 3\]/],
    ["a missing input", "conv", {}, {}, "w", /^undefined$/],
    ["an unknown option", "softmax", {}, { axes: 1 }, "options", /^"axes"$/],
    ["an option of a function without", "exp", {}, { axis: 1 }, "options", /^"axis"$/],
    ["an input of a function without", "exp", { y: value("y", [1]) }, {}, "options", /^"y"$/],
  ])("refuses %s by its name", (_, operator, more, options, argument, got) => {
    const { builder, x } = build();
    const refused = refusal(() => builder.node("n", operator, { x, ...more }, options));
    expect(refused).toMatchObject({ code: "unsupported-model", argument: `node n (${operator}): ${argument}` });
    expect(refused.got).toMatch(got);
  });
});
