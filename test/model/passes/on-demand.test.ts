// Which graphs load the passes for more than layers, and what happens where they cannot be loaded.
import { expect, it, vi } from "vitest";
import type { Value } from "../../../src/model/graph.ts";
import { optimise } from "../../../src/model/passes/index.ts";
import { Builder, operatorsOf } from "../interpret.ts";

vi.mock("../../../src/model/passes/beyond-layers.ts", () => {
  throw new Error("no network");
});

const RELU = { activation: "relu" };

/** A block of layers: a residual sum of convolutions, pooling, resizing, concatenation and a dense layer. */
function layers(build: Builder): Value {
  const x = build.map([1, 4, 8, 8], "channels-first");
  const conv = (from: Value): Value =>
    build.call("conv", { x: from, w: build.weights([4, 4, 3, 3], "channels-first") }, { padding: 1 });
  const sum = build.call("activate", { x: build.call("add", { a: conv(x), b: x }) }, RELU);
  const pooled = build.call("maxPool", { x: sum }, { kernelSize: 2 });
  const wide = build.call("concatenate", { 0: build.call("resize", { x: pooled }, { scale: 2 }), 1: sum }, { axis: 1 });
  const flat = build.call("flatten", { x: build.call("globalAveragePool", { x: wide }) });
  return build.call(
    "softmax",
    { x: build.call("linear", { x: flat, w: build.weights([3, 8], "channels-first") }) },
    {},
  );
}

it("loads no further passes for a network of layers", async () => {
  const build = new Builder();
  const after = await optimise(build.done(layers(build)));
  expect(operatorsOf(after)).toEqual([
    "conv",
    "maxPool",
    "resize",
    "concatenate",
    "globalAveragePool",
    "flatten",
    "linear",
    "softmax",
  ]);
});

it.each<[string, (build: Builder, x: Value) => Value]>([
  ["a normalisation", (build, x) => build.call("multiply", { a: x, b: build.numbers([2], []) })],
  ["a number added", (build, x) => build.call("add", { a: x, b: build.numbers([2], []) })],
  ["a scaled sum", (build, x) => build.call("add", { a: x, b: x }, { scale: 2 })],
  ["a move", (build, x) => build.call("transpose", { x }, { permutation: [1, 0] })],
  ["a constant", (build, x) => build.call("concatenate", { 0: build.numbers([1, 2, 3], [1, 3]), 1: x }, { axis: 0 })],
])("rejects with the error of the import where passes cannot be loaded: %s", async (_, more) => {
  const build = new Builder();
  const graph = build.done(more(build, layers(build)));
  await expect(optimise(graph)).rejects.toMatchObject({ cause: { message: "no network" } });
});
