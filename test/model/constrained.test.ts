// Constraints of a model reach its convolutions, and stay with them through the passes.
import { describe, expect, it } from "vitest";
import { checkModelConstraints, constrained } from "../../src/model/constrained.ts";
import { optimise } from "../../src/model/passes/index.ts";
import { refusal } from "../suite/refusal.ts";
import { Builder } from "./interpret.ts";

const source = {
  inputs: [],
  outputs: [],
  graph: () => {
    const build = new Builder();
    const x = build.map([1, 2, 5, 5]);
    const w = build.weights([2, 2, 3, 3]);
    const up = build.call("convTranspose", { x, w }, { algorithm: "im2col" });
    const y = build.call("activate", build.call("conv", { x: up, w }), { activation: "relu" });
    const rows = build.call("flatten", build.call("maxPool", y, { kernelSize: 2 }));
    return build.done(build.call("linear", { x: rows, w: build.weights([3, 8]) }));
  },
};

describe("constrained", () => {
  it("gives the convolutions of a graph constraints, which the passes keep, but not those that have their own", async () => {
    const { nodes } = await optimise(constrained(source, { algorithm: "direct", maxErrorSpread: 0 }).graph({}));
    expect(nodes.map(({ operator, options }) => [operator, options["algorithm"], options["maxErrorSpread"]])).toEqual([
      ["convTranspose", "im2col", 0],
      ["conv", "direct", 0],
      ["maxPool", undefined, undefined],
      ["flatten", undefined, undefined],
      ["linear", "direct", 0],
    ]);
  });

  it("changes nothing without constraints", () => {
    expect(constrained(source, checkModelConstraints(undefined))).toBe(source);
  });

  it("refuses what is no constraint", () => {
    expect(refusal(() => checkModelConstraints({ algorithms: "direct" })).argument).toBe("constraints");
    expect(refusal(() => checkModelConstraints({ variant: "x" })).argument).toBe("variant");
    expect(refusal(() => checkModelConstraints("direct")).argument).toBe("constraints");
  });
});
