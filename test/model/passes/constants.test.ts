// Nodes of constants, computed on the CPU.
import { describe, expect, it } from "vitest";
import type { Graph, Value } from "../../../src/model/graph.ts";
import { foldConstants } from "../../../src/model/passes/fold-constants.ts";
import { Builder, differenceOf, integers, operatorsOf } from "../interpret.ts";

type Make = (builder: Builder, w: Value) => Value;

const FOLDED: Readonly<Record<string, Make>> = {
  transpose: (builder, w) => builder.call("transpose", w, { permutation: [3, 1, 0, 2] }),
  "transpose in reverse": (builder, w) => builder.call("transpose", w),
  reshape: (builder, w) => builder.call("reshape", w, { shape: [2, -1, 1, 4] }),
  slice: (builder, w) => builder.call("slice", w, { starts: [-1, 0], ends: [-9, 2], steps: [-1, 1], axes: [3, 1] }),
  expand: (builder, w) =>
    builder.call("expand", builder.call("reshape", w, { shape: [4, 1, 3, 4] }), { shape: [5, 1, 4] }),
  concatenate: (builder, w) => builder.call("concatenate", { 0: w, 1: w, 2: builder.weights([2, 3, 3, 4]) }),
  split: (builder, w) => builder.node("split", "split", { x: w }, { sizes: [1, 3], axis: 3 })[1]!,
  add: (builder, w) => builder.call("add", { a: w, b: builder.numbers([1, 2, 3, 4], [4]) }, { scale: 0.5 }),
  sub: (builder, w) => builder.call("sub", { a: builder.numbers([1], []), b: w }),
  multiply: (builder, w) => builder.call("multiply", { a: w, b: builder.numbers([2, 3], [2, 1, 1, 1]) }),
  divide: (builder, w) => builder.call("divide", { a: w, b: builder.numbers([4], []) }),
  power: (builder, w) => builder.call("power", { a: w, b: builder.numbers([2], []) }),
  clamp: (builder, w) => builder.call("clamp", w, { min: -1 }),
  "a chain": (builder, w) => builder.call("sqrt", builder.call("abs", builder.call("negate", w))),
};

describe("foldConstants", () => {
  const graphOf = (make: Make): Graph => {
    const builder = new Builder();
    const folded = make(builder, builder.weights([2, 2, 3, 4]));
    return builder.done(builder.call("abs", builder.map([1, 1, 2, 2])), folded);
  };

  it.each(Object.entries(FOLDED))("computes %s", (_, make) => {
    const before = graphOf(make);
    const after = foldConstants(before);
    expect(operatorsOf(after)).toEqual(["abs"]);
    // sqrt is rounded once more.
    expect(differenceOf(before, after)).toBeLessThan(2 * 2 ** -24 + Number.EPSILON);
  });

  it("rounds to half precision where the file does", () => {
    const builder = new Builder();
    const third = builder.constant("w", { shape: [1], data: Float32Array.of(1), dtype: "f16" });
    const three = builder.constant("v", { shape: [1], data: Float32Array.of(3), dtype: "f16" });
    const after = foldConstants(builder.done(builder.call("divide", { a: third, b: three })));
    expect([...after.outputs.get("y0")!.data!]).toEqual([0.333251953125]);
  });

  it("keeps integers", () => {
    const builder = new Builder();
    const indices = builder.constant("w", { shape: [2, 2], data: Uint32Array.of(1, 2, 3, 4_294_967_295) });
    const after = foldConstants(builder.done(builder.call("transpose", indices)));
    expect(after.outputs.get("y0")!.data).toEqual(Uint32Array.of(1, 3, 2, 4_294_967_295));
  });

  it("leaves what reads an input, what no file does to weights, and what would grow large", () => {
    const builder = new Builder();
    const x = builder.map([1, 1, 2, 2]);
    const w = builder.weights([1, 1, 1, 1]);
    const graph = builder.done(
      builder.call("add", { a: x, b: w }),
      builder.call("softmax", w),
      builder.call("expand", w, { shape: [1, 1, 512, 512] }),
    );
    expect(foldConstants(graph)).toBe(graph);
  });

  it("computes once what graphs for inputs of other shapes share", () => {
    const data = integers(12);
    const folded = [3, 5].map((size) => {
      const builder = new Builder();
      const w = builder.numbers(data, [3, 4]);
      const y = builder.call("abs", builder.map([1, 1, size, size]));
      return foldConstants(builder.done(y, builder.call("transpose", w))).outputs.get("y1")!.data!;
    });
    expect(folded[0]).toBe(folded[1]);
    expect(folded[0]![1]).toBe(data[4]);
  });
});
