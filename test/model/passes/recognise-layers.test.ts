// Layers spelled out: normalisation by moments, products with a bias, gates.
import { describe, expect, it } from "vitest";
import type { Graph, Value } from "../../../src/model/graph.ts";
import { optimise } from "../../../src/model/passes/index.ts";
import { Builder, differenceOf, integers, operatorsOf } from "../interpret.ts";

/** Moments of a value along axes, and the value less its mean, over its deviation. */
function normalised(
  build: Builder,
  x: Value,
  axes: readonly number[],
  { epsilon = 1, square = "multiply" } = {},
): Value {
  const options = { axes, keepDimensions: true };
  const number = (value: number): Value => build.numbers([value], []);
  const centred = build.call("sub", { a: x, b: build.call("reduceMean", { x }, options) });
  const squares = build.call(square, { a: centred, b: square === "power" ? number(2) : centred });
  const variance = build.call("add", { a: build.call("reduceMean", squares, options), b: number(epsilon) });
  return build.call("divide", { a: centred, b: build.call("sqrt", variance) });
}

const graphOf = (make: (build: Builder, x: Value) => Value, shape: readonly number[] = [2, 6, 8]): Graph => {
  const build = new Builder();
  return build.done(make(build, build.map(shape)));
};

async function expectOptimised(before: Graph, names: readonly string[], most = 1e-5): Promise<Graph> {
  const after = await optimise(before);
  expect(operatorsOf(after)).toEqual(names);
  expect(differenceOf(before, after)).toBeLessThanOrEqual(most);
  return after;
}

describe("a normalisation by moments", () => {
  it.each(["multiply", "power"])("with squares by %s becomes one node, with its scale and bias", async (square) => {
    const before = graphOf((build, x) => {
      const y = normalised(build, x, [-1], { square });
      const scaled = build.call("multiply", { a: y, b: build.numbers(integers(8, 2), [8]) });
      return build.call("add", { a: build.numbers(integers(8, 3), [1, 1, 8]), b: scaled });
    });
    const { nodes } = await expectOptimised(before, ["layerNorm"]);
    expect(Object.keys(nodes[0]!.inputs)).toEqual(["x", "scale", "bias"]);
    expect(nodes[0]!.options).toEqual({ axes: [2], epsilon: 1 });
  });

  it("takes parameters along its axis alone", async () => {
    const before = graphOf((build, x) =>
      build.call("multiply", { a: normalised(build, x, [1]), b: build.numbers(integers(8, 2), [8]) }),
    );
    await expectOptimised(before, ["layerNorm", "multiply"]);
    await expectOptimised(
      graphOf((build, x) => normalised(build, x, [1, 2])),
      ["layerNorm"],
    );
  });

  it("stays where it is another: the mean of other axes, no epsilon, another divisor", async () => {
    const other = graphOf((build, x) => {
      const options = { axes: [2], keepDimensions: true };
      const centred = build.call("sub", { a: x, b: build.call("reduceMean", { x }, options) });
      const squares = build.call("multiply", { a: centred, b: centred });
      const mean = build.call("reduceMean", squares, { axes: [1], keepDimensions: true });
      const variance = build.call("add", { a: mean, b: build.numbers([1], []) });
      return build.call("divide", { a: centred, b: build.call("sqrt", variance) });
    });
    expect(operatorsOf(await optimise(other))).not.toContain("layerNorm");
    expect(differenceOf(other, await optimise(other))).toBe(0);
    const none = graphOf((build, x) => normalised(build, x, [2], { epsilon: -1 }));
    expect(operatorsOf(await optimise(none))).not.toContain("layerNorm");
  });
});

describe("a product with known weights and a bias", () => {
  it.each([false, true])(
    "is a fully connected layer of rows, with its activation (transposed: %s)",
    async (transposeB) => {
      const before = graphOf((build, x) => {
        const w = build.weights(transposeB ? [5, 8] : [8, 5]);
        const product = build.call("matmul", { a: x, b: w }, transposeB ? { transposeB } : {});
        const sum = build.call("add", { a: product, b: build.numbers(integers(5, 4), [5]) });
        return build.call("activate", sum, { activation: "relu" });
      });
      const { nodes } = await expectOptimised(before, ["reshape", "linear", "reshape"], 0);
      expect(nodes[1]!.options["activation"]).toBe("relu");
      const rows = graphOf(
        (build, x) => {
          const product = build.call("matmul", { a: x, b: build.weights([8, 5]) });
          return build.call("add", { a: product, b: build.numbers(integers(5, 4), [1, 5]) });
        },
        [6, 8],
      );
      await expectOptimised(rows, ["linear"], 0);
    },
  );

  it("stays where the weights are data or of a batch, or the bias is of rows", async () => {
    const bias = (build: Builder, product: Value, shape: number[]): Value =>
      build.call("add", { a: product, b: build.numbers(integers(shape[0]!, 4), shape) });
    const batch = graphOf((build, x) => bias(build, build.call("matmul", { a: x, b: build.weights([2, 8, 5]) }), [5]));
    const rows = graphOf((build, x) => bias(build, build.call("matmul", { a: x, b: build.weights([8, 5]) }), [6, 1]));
    const data = graphOf((build, x) =>
      bias(build, build.call("matmul", { a: x, b: build.call("transpose", { x }, { permutation: [0, 2, 1] }) }), [6]),
    );
    for (const before of [batch, rows, data]) {
      const after = await optimise(before);
      expect(operatorsOf(after)).not.toContain("linear");
      expect(differenceOf(before, after)).toBe(0);
    }
  });
});

describe("a gate of hard-sigmoid between layers", () => {
  const gated = (after: (build: Builder, product: Value) => Value, alpha = 0.2) =>
    graphOf(
      (build, x) => {
        const means = build.call("globalAveragePool", x);
        const sums = build.call("conv", { x: means, w: build.weights([4, 4, 1, 1]), bias: build.weights([4]) });
        const gate = build.call("activate", sums, { activation: { name: "hard-sigmoid", alpha, beta: 0.5 } });
        return after(build, build.call("multiply", { a: x, b: gate }));
      },
      [2, 4, 4, 4],
    );

  it("is computed by the layer before it", async () => {
    const before = gated((build, x) => build.call("conv", { x, w: build.weights([3, 4, 3, 3]) }, { padding: 1 }));
    const { nodes } = await expectOptimised(before, ["globalAveragePool", "conv", "multiply", "conv"], 1e-4);
    expect(nodes[1]!.options["activation"]).toBe("relu6");
  });

  it("stays where no layer follows, or reads padding of another value", async () => {
    const names = ["globalAveragePool", "conv", "activate", "multiply"];
    await expectOptimised(
      gated((_, product) => product),
      names,
      0,
    );
    const padded = gated((build, x) =>
      build.call("conv", { x, w: build.weights([3, 4, 3, 3]) }, { padding: 1, paddingValue: 2 }),
    );
    await expectOptimised(padded, [...names, "conv"], 0);
  });
});
