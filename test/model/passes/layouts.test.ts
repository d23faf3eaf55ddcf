// Transposes that are joined, and parts of graphs that run in another layout so that transposes cancel.
import { describe, expect, it } from "vitest";
import type { Graph, Value } from "../../../src/model/graph.ts";
import { chooseLayouts } from "../../../src/model/passes/choose-layouts.ts";
import { optimise } from "../../../src/model/passes/index.ts";
import { joinMoves } from "../../../src/model/passes/join-moves.ts";
import { Builder, differenceOf, operatorsOf } from "../interpret.ts";

const TO_FIRST = [0, 3, 1, 2];
const TO_LAST = [0, 2, 3, 1];

class Moves extends Builder {
  first = (x: Value): Value => this.call("transpose", x, { permutation: TO_FIRST });
  last = (x: Value): Value => this.call("transpose", x, { permutation: TO_LAST });
  conv = (x: Value, channels = 4, options = {}, inputs = {}): Value =>
    this.call("conv", { x, w: this.weights([channels, x.shape[1]!, 3, 3]), ...inputs }, { padding: 1, ...options });
}

const built = (make: (build: Moves) => Value | readonly Value[]): Graph => {
  const build = new Moves();
  return build.done(...[make(build)].flat());
};

const moved = (graph: Graph): string[] =>
  operatorsOf(graph).filter((operator) => operator === "transpose" || operator === "reshape");

describe("joinMoves", () => {
  it("joins transposes, which may cancel", () => {
    const before = built((build) => {
      const once = build.call("transpose", build.map([2, 3, 4, 5]), { permutation: [1, 0, 3, 2] });
      const twice = build.call("transpose", once, { permutation: [3, 1, 0, 2] });
      const back = build.call("transpose", once, { permutation: [1, 0, 3, 2] });
      return [build.call("abs", twice), build.call("abs", back)];
    });
    const after = joinMoves(before);
    expect(operatorsOf(after)).toEqual(["transpose", "abs", "abs"]);
    expect(after.nodes[0]!.options["permutation"]).toEqual([2, 0, 1, 3]);
    expect(differenceOf(before, after)).toBe(0);
  });

  it("makes a reshape of a transpose that moves only axes of size 1, and joins reshapes", () => {
    const before = built((build) => {
      const x = build.call("globalAveragePool", build.map([2, 3, 4, 5]));
      return build.call("reshape", build.last(x), { shape: [2, 3] });
    });
    const after = joinMoves(before);
    expect(operatorsOf(after)).toEqual(["globalAveragePool", "reshape"]);
    expect(differenceOf(before, after)).toBe(0);
  });

  it("keeps the layout that a transpose gives", () => {
    const before = built((build) => {
      const x = build.map([1, 3, 1, 1]);
      return build.call("transpose", x, { permutation: TO_LAST, layout: "channels-last" });
    });
    const after = joinMoves(before);
    expect(operatorsOf(after)).toEqual(["reshape"]);
    expect(after.outputs.get("y0")!.layout).toBe("channels-last");
    expect(differenceOf(before, after)).toBe(0);
  });
});

/** Networks with the number of transposes and reshapes that are left. */
const CASES: Readonly<Record<string, readonly [left: number, make: (build: Moves) => Value | readonly Value[]]>> = {
  "a network of a file with channels last": [
    2,
    (build) => {
      const x = build.conv(build.first(build.map([1, 6, 5, 3])), 4, { activation: "relu" });
      const pooled = build.call("maxPool", x, { kernelSize: 2, stride: 1 });
      const sum = build.call("add", { a: build.conv(pooled), b: pooled });
      return build.last(build.call("multiply", { a: sum, b: build.numbers([1, 2, 3, 4], [4, 1, 1]) }));
    },
  ],
  "its heads in rows": [
    3,
    (build) => {
      const x = build.conv(build.first(build.map([1, 6, 5, 3])), 4);
      const rows = (map: Value): Value => build.call("reshape", build.last(map), { shape: [1, -1, 2] });
      return build.call("concatenate", { 0: rows(build.conv(x, 2)), 1: rows(build.conv(x, 6)) }, { axis: 1 });
    },
  ],
  "an activation between transposes": [
    0,
    (build) => {
      const x = build.last(build.conv(build.map([1, 3, 5, 6])));
      return build.conv(build.first(build.call("activate", x, { activation: "mish" })));
    },
  ],
  "padding of channels between transposes": [
    0,
    (build) => {
      const x = build.last(build.conv(build.map([1, 3, 5, 6]), 4));
      const padded = build.call("pad", x, {
        padding: [
          [0, 0],
          [0, 0],
          [0, 0],
          [0, 2],
        ],
      });
      return build.conv(build.first(padded));
    },
  ],
  "concatenation, slices, reductions and softmax between transposes": [
    0,
    (build) => {
      const x = build.last(build.conv(build.map([1, 3, 5, 6]), 4));
      const bias = build.call("add", { a: build.numbers([1, 2, 3, 4], [4]), b: x });
      const mean = build.call("reduceMean", bias, { axes: [3], keepDimensions: true });
      const both = build.call("concatenate", { 0: build.call("softmax", x, { axis: -1 }), 1: mean }, { axis: 3 });
      const part = build.call("slice", both, { starts: [1, -4], ends: [5, 9], axes: [1, -1] });
      return build.conv(build.first(part));
    },
  ],
  "a normalisation and slopes of channels": [
    0,
    (build) => {
      const x = build.last(build.conv(build.map([1, 3, 5, 6]), 4));
      const of = (data: number[]): Value => build.numbers(data, [4]);
      const inputs = {
        mean: of([1, 2, 3, 4]),
        variance: of([3, 0, 15, 63]),
        scale: of([2, 1, -4, 8]),
        bias: of([0, 1, 2, 5]),
      };
      const y = build.call("batchNorm", { x, ...inputs }, { axis: 3, epsilon: 1 });
      const slopes = build.call("prelu", { x: y, slope: build.numbers([1, 2, 3, 4], [1, 1, 4]) });
      return build.conv(build.first(slopes));
    },
  ],
  "weights in groups, transposed convolutions and maps of other sizes": [
    2,
    (build) => {
      const x = build.first(build.map([1, 6, 5, 4]));
      const deep = build.call("conv", { x, w: build.weights([4, 2, 3, 3]) }, { groups: 2, padding: 1 });
      const up = build.call("convTranspose", { x: deep, w: build.weights([4, 3, 2, 2]) }, { stride: 2, groups: 2 });
      const small = build.call("resize", up, { scale: [0.5, 1], mode: "linear" });
      return build.last(build.call("pixelUnshuffle", small, { factor: [3, 2] }));
    },
  ],
  "a branch that others read as it is": [
    1,
    (build) => {
      const x = build.conv(build.map([1, 3, 5, 6]), 4);
      return [build.call("abs", build.last(x)), build.conv(x, 2), x];
    },
  ],
};

describe("chooseLayouts", () => {
  it.each(Object.entries(CASES))("%s", async (_, [left, make]) => {
    const before = built(make);
    const after = await optimise(before);
    expect(moved(after).length).toBe(left);
    expect(differenceOf(before, after)).toBeLessThan(1e-3);
    expect(operatorsOf(after).filter((operator) => operator === "transpose").length).toBeLessThanOrEqual(
      operatorsOf(before).filter((operator) => operator === "transpose").length,
    );
  });

  it("runs a file's convolutions with channels last, without a transpose", async () => {
    const before = built(CASES["a network of a file with channels last"]![1]);
    const after = await optimise(before);
    expect(operatorsOf(after)).toEqual(["reshape", "conv", "maxPool", "conv", "multiply", "reshape"]);
    const convs = after.nodes.filter(({ operator }) => operator === "conv");
    expect(convs.map(({ outputs }) => outputs[0]!.layout)).toEqual(["channels-last", "channels-last"]);
    expect(convs[0]!.inputs["w"]!.shape).toEqual([3, 3, 3, 4]);
  });

  it("leaves a graph in which nothing would be saved", () => {
    const graph = built((build) => {
      const x = build.conv(build.map([1, 3, 5, 6]), 3);
      return build.call("reshape", build.last(x), { shape: [1, 30, 3] });
    });
    expect(chooseLayouts(graph)).toBe(graph);
  });
});
