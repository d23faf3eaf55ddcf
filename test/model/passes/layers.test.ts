// What is put into convolutions and fully connected layers: normalisations, padding, residual sums, activations.
import { describe, expect, it } from "vitest";
import type { Graph, Value } from "../../../src/model/graph.ts";
import { foldAffine } from "../../../src/model/passes/fold-affine.ts";
import { foldPadding } from "../../../src/model/passes/fold-padding.ts";
import { fuseEpilogues } from "../../../src/model/passes/fuse-epilogues.ts";
import { optimise } from "../../../src/model/passes/index.ts";
import type { Layout } from "../../../src/problem/problem.ts";
import { Builder, differenceOf, integers, operatorsOf } from "../interpret.ts";

const LAYOUTS = ["channels-first", "channels-last"] as const;

/** A builder with a map of 4 channels, and layers on it, in one layout. */
class Layers extends Builder {
  readonly layout: Layout;
  readonly x: Value;

  constructor(layout: Layout = "channels-first", size = 5) {
    super();
    this.layout = layout;
    this.x = this.map(this.shape(4, size), layout);
  }

  shape(channels: number, size: number): number[] {
    return this.layout === "channels-first" ? [2, channels, size, size] : [2, size, size, channels];
  }

  /** For each channel, in the shape that is broadcast over maps. */
  channels(data: readonly number[]): Value {
    const shape = this.layout === "channels-first" ? [1, data.length, 1, 1] : [data.length];
    return this.numbers(data, shape, this.layout);
  }

  #kernel(outer: number, inner: number, size: number): number[] {
    return this.layout === "channels-first" ? [outer, inner, size, size] : [size, size, inner, outer];
  }

  conv(x: Value, options: Record<string, unknown> = {}, inputs: Record<string, Value> = {}): Value {
    const groups = (options["groups"] as number | undefined) ?? 1;
    const w = this.weights(this.#kernel(4, 4 / groups, 3), this.layout);
    return this.call("conv", { x, w, ...inputs }, options);
  }

  transposed(x: Value, options: Record<string, unknown> = {}): Value {
    const groups = (options["groups"] as number | undefined) ?? 1;
    return this.call("convTranspose", { x, w: this.weights(this.#kernel(4, 4 / groups, 2), this.layout) }, options);
  }

  bias(): Value {
    return this.numbers(integers(4, 3), [4], this.layout);
  }

  /** With factors that are powers of two: nothing is rounded. */
  normalised(x: Value, axis?: number): Value {
    const of = (data: readonly number[]): Value => this.numbers(data, [4], this.layout);
    const inputs = {
      mean: of([1, -1, 0, 3]),
      variance: of([3, 0, 15, 63]),
      scale: of([2, 1, -4, 8]),
      bias: of([0, 1, 2, 5]),
    };
    return this.call("batchNorm", { x, ...inputs }, { epsilon: 1, ...(axis !== undefined && { axis }) });
  }
}

type Make = (build: Layers) => Value;

/** A graph before and after a pass, and the operators that are left. */
function passed(pass: (graph: Graph) => Graph, make: Make, layout: Layout) {
  const build = new Layers(layout);
  const before = build.done(make(build));
  const after = pass(before);
  return { before, after, left: operatorsOf(after) };
}

const FOLDED: Readonly<Record<string, Make>> = {
  "batch normalisation": (build) => build.normalised(build.conv(build.x)),
  "batch normalisation after a bias": (build) => build.normalised(build.conv(build.x, {}, { bias: build.bias() })),
  "batch normalisation after groups": (build) => build.normalised(build.conv(build.x, { groups: 2, padding: 1 })),
  "batch normalisation after a depthwise convolution": (build) => build.normalised(build.conv(build.x, { groups: 4 })),
  "batch normalisation after a transposed convolution": (build) =>
    build.normalised(build.transposed(build.x, { stride: 2 })),
  "batch normalisation after transposed groups": (build) =>
    build.normalised(build.transposed(build.x, { stride: 2, groups: 2 })),
  "batch normalisation along a named axis": (build) =>
    build.normalised(build.conv(build.x), build.layout === "channels-first" ? -3 : 3),
  "a product for each channel": (build) =>
    build.call("multiply", { a: build.channels([2, 3, 4, 5]), b: build.conv(build.x, {}, { bias: build.bias() }) }),
  "a quotient for each channel": (build) =>
    build.call("divide", { a: build.conv(build.x), b: build.channels([2, 4, 8, 1]) }),
  "a sum for each channel": (build) =>
    build.call("add", { a: build.conv(build.x), b: build.channels([1, 2, 3, 4]) }, { scale: 2, activation: "relu" }),
  "a difference": (build) => build.call("sub", { a: build.channels([7]), b: build.conv(build.x) }),
  "a bias beside a residual": (build) =>
    build.call("add", {
      a: build.conv(build.x, { padding: 1 }, { residual: build.x }),
      b: build.channels([1, 2, 3, 4]),
    }),
  "the same numbers for all channels": (build) =>
    build.call("activate", build.conv(build.x, {}, { bias: build.bias() }), {
      activation: { name: "linear", alpha: 2, beta: -3 },
    }),
  "a normalisation before": (build) => build.conv(build.normalised(build.x)),
  "a normalisation before groups and a bias": (build) =>
    build.conv(build.normalised(build.x), { groups: 2, padding: -1 }, { bias: build.bias() }),
  "a normalisation before repeated borders": (build) =>
    build.conv(build.normalised(build.x), { padding: 1, paddingMode: "reflect" }),
  "a product before padding": (build) =>
    build.conv(build.call("multiply", { a: build.x, b: build.channels([2, 3, 4, 5]) }), { padding: 1 }),
  "a product before transposed groups": (build) =>
    build.transposed(build.call("multiply", { a: build.x, b: build.channels([2, 3, 4, 5]) }), { stride: 2, groups: 2 }),
};

const UNFOLDED: Readonly<Record<string, Make>> = {
  "a normalisation after an activation": (build) => build.normalised(build.conv(build.x, { activation: "relu" })),
  "a normalisation beside a residual": (build) =>
    build.normalised(build.conv(build.x, { padding: 1 }, { residual: build.x })),
  "a normalisation before zeros": (build) => build.conv(build.normalised(build.x), { padding: "same" }),
  "a sum before a transposed convolution": (build) =>
    build.transposed(build.call("add", { a: build.x, b: build.channels([1, 2, 3, 4]) })),
  "a normalisation along another axis": (build) => {
    const map = build.call("slice", build.conv(build.x), { starts: [0, 0], ends: [9, 9] });
    return build.normalised(
      build.call("pad", map, {
        padding: [
          [1, 1],
          [0, 0],
          [0, 0],
          [0, 0],
        ],
      }),
      0,
    );
  },
  "a sum for each cell": (build) =>
    build.call("add", { a: build.conv(build.x), b: build.weights(build.shape(4, 3), build.layout) }),
};

describe.each(LAYOUTS)("foldAffine, %s", (layout) => {
  it.each(Object.entries(FOLDED))("folds %s", (_, make) => {
    const { before, after, left } = passed(foldAffine, make, layout);
    expect(left.filter((operator) => operator.startsWith("conv"))).toEqual(left);
    expect(left.length).toBe(1);
    expect(differenceOf(before, after)).toBe(0);
  });

  it.each(Object.entries(UNFOLDED))("leaves %s", (_, make) => {
    const { before, after } = passed(foldAffine, make, layout);
    expect(after).toBe(before);
  });
});

describe("foldAffine", () => {
  it("folds a chain, whose nodes the convolution names", () => {
    const build = new Layers();
    const sum = build.call("add", { a: build.conv(build.x), b: build.channels([1, 2, 3, 4]) });
    const before = build.done(build.normalised(build.call("multiply", { a: sum, b: build.channels([0.5]) })));
    const after = foldAffine(before);
    expect(after.nodes.map(({ name, merged }) => [name, merged])).toEqual([["conv", ["add", "multiply", "batchNorm"]]]);
    expect(differenceOf(before, after)).toBe(0);
  });

  it("folds into a fully connected layer, from both sides", async () => {
    const build = new Builder();
    const x = build.map([3, 5]);
    const w = build.weights([4, 5]);
    const shifted = build.call("add", { a: x, b: build.numbers([1, 2, 3, 4, 5], [5]) });
    const y = build.call("linear", { x: shifted, w, bias: build.numbers([1, 2, 3, 4], [4]) });
    const before = build.done(build.call("multiply", { a: y, b: build.numbers([2, 4, 8, 1], [4]) }));
    const after = await optimise(before);
    expect(operatorsOf(after)).toEqual(["linear"]);
    expect(differenceOf(before, after)).toBe(0);
  });

  it("scales the branch of a residual sum, which is then fused", async () => {
    const build = new Layers();
    const branch = build.conv(build.x, { padding: 1 }, { bias: build.bias() });
    const before = build.done(build.call("add", { a: build.x, b: branch }, { scale: 0.25, activation: "relu" }));
    const after = await optimise(before);
    expect(operatorsOf(after)).toEqual(["conv"]);
    expect(Object.keys(after.nodes[0]!.inputs)).toContain("residual");
    expect(differenceOf(before, after)).toBe(0);
  });

  it("leaves a convolution that others read, or whose weights are an input", () => {
    const build = new Layers();
    const y = build.conv(build.x);
    const w = build.map([4, 4, 3, 3], "channels-first", "w");
    const graph = build.done(build.normalised(y), y, build.normalised(build.call("conv", { x: build.x, w })));
    expect(foldAffine(graph)).toBe(graph);
  });
});

/** Padding of the spatial axes. */
const padded = (build: Layers, x: Value, rows: number[], columns: number[], options = {}): Value => {
  const padding = build.layout === "channels-first" ? [[0, 0], [0, 0], rows, columns] : [[0, 0], rows, columns, [0, 0]];
  return build.call("pad", x, { padding, ...options });
};

const PADDED: Readonly<Record<string, Make>> = {
  zeros: (build) => build.conv(padded(build, build.x, [1, 2], [0, 3]), { stride: 2 }),
  "a crop": (build) => build.conv(padded(build, build.x, [-1, 2], [0, -1])),
  "a number": (build) => build.conv(padded(build, build.x, [1, 1], [1, 1], { paddingValue: 3 })),
  "reflected borders": (build) => build.conv(padded(build, build.x, [3, 2], [1, 1], { paddingMode: "reflect" })),
  "zeros beside zeros": (build) => build.conv(padded(build, build.x, [1, 0], [2, 0]), { padding: "same", stride: 2 }),
  "zeros of a sum": (build) =>
    build.call("sumPool", padded(build, build.x, [1, 1], [1, 1]), { kernelSize: 3, padding: 1 }),
  "zeros of a mean": (build) =>
    build.call("averagePool", padded(build, build.x, [1, 0], [0, 2]), { kernelSize: 2, stride: 1 }),
  "zeros of a mean without padding": (build) =>
    build.call("averagePool", padded(build, build.x, [1, 0], [0, 2]), { kernelSize: 2, includePadding: false }),
  "zeros of a maximum of what is not negative": (build) =>
    build.call("maxPool", padded(build, build.conv(build.x, { activation: "relu" }), [1, 1], [0, 1]), {
      kernelSize: 2,
    }),
};

const UNPADDED: Readonly<Record<string, Make>> = {
  "zeros beside a crop": (build) => build.conv(padded(build, build.x, [1, 1], [1, 1]), { padding: -1 }),
  "a number beside zeros": (build) =>
    build.conv(padded(build, build.x, [1, 1], [1, 1], { paddingValue: 3 }), { padding: 1 }),
  "reflected borders beside zeros": (build) =>
    build.conv(padded(build, build.x, [1, 1], [1, 1], { paddingMode: "reflect" }), { padding: 1 }),
  "other channels": (build) => {
    const padding =
      build.layout === "channels-first"
        ? [
            [0, 0],
            [0, 1],
            [0, 0],
            [0, 0],
          ]
        : [
            [0, 0],
            [0, 0],
            [0, 0],
            [0, 1],
          ];
    const more = build.call("pad", build.call("split", build.x, { sizes: [3, 1] }), { padding });
    return build.conv(more);
  },
  "zeros of a maximum": (build) => build.call("maxPool", padded(build, build.x, [1, 1], [1, 1]), { kernelSize: 2 }),
  "a window of nothing but zeros": (build) =>
    build.call("maxPool", padded(build, build.conv(build.x, { activation: "relu" }), [2, 1], [1, 1]), {
      kernelSize: 2,
    }),
  "a mean of the cells that are there": (build) =>
    build.call("averagePool", padded(build, build.x, [1, 1], [1, 1]), {
      kernelSize: 3,
      padding: 1,
      includePadding: false,
    }),
  "windows cut off": (build) =>
    build.call("averagePool", padded(build, build.x, [0, 1], [0, 1]), { kernelSize: 4, stride: 1, ceilMode: true }),
};

describe.each(LAYOUTS)("foldPadding, %s", (layout) => {
  it.each(Object.entries(PADDED))("folds %s", (_, make) => {
    const { before, after, left } = passed(foldPadding, make, layout);
    expect(left.length).toBe(before.nodes.length - 1);
    expect(left).not.toContain("pad");
    expect(differenceOf(before, after)).toBe(0);
  });

  it.each(Object.entries(UNPADDED))("leaves %s", (_, make) => {
    const { before, after } = passed(foldPadding, make, layout);
    expect(after).toBe(before);
  });
});

const FUSED: Readonly<Record<string, Make>> = {
  "an activation": (build) =>
    build.call("activate", build.conv(build.x), { activation: { name: "leaky-relu", slope: 0.5 } }),
  "an activation of a transposed convolution": (build) =>
    build.call("activate", build.transposed(build.x), { activation: "relu6" }),
  "a residual": (build) => build.call("add", { a: build.x, b: build.conv(build.x, { padding: 1 }) }),
  "a residual and an activation": (build) =>
    build.call("activate", build.call("add", { a: build.conv(build.x, { padding: 1 }), b: build.x }), {
      activation: "relu",
    }),
  "a sum with an activation": (build) =>
    build.call("add", { a: build.conv(build.x, { padding: 1 }), b: build.x }, { activation: "relu" }),
};

const UNFUSED: Readonly<Record<string, Make>> = {
  "an activation of no convolution": (build) => build.call("activate", build.conv(build.x), { activation: "mish" }),
  "another form of gelu": (build) =>
    build.call("activate", build.conv(build.x), { activation: { name: "gelu", approximate: "tanh" } }),
  "a second activation": (build) =>
    build.call("activate", build.conv(build.x, { activation: "relu" }), { activation: "tanh" }),
  "a residual after an activation": (build) =>
    build.call("add", { a: build.x, b: build.conv(build.x, { padding: 1, activation: "relu" }) }),
  "a residual that is broadcast": (build) =>
    build.call("add", { a: build.conv(build.x), b: build.call("globalAveragePool", build.x) }),
  "a weighted residual": (build) =>
    build.call("add", { a: build.conv(build.x, { padding: 1 }), b: build.x }, { scale: 0.5 }),
};

describe.each(LAYOUTS)("fuseEpilogues, %s", (layout) => {
  it.each(Object.entries(FUSED))("fuses %s", (_, make) => {
    const { before, after, left } = passed(fuseEpilogues, make, layout);
    expect(left.length).toBe(1);
    expect(differenceOf(before, after)).toBe(0);
  });

  it.each(Object.entries(UNFUSED))("leaves %s", (_, make) => {
    const { before, after } = passed(fuseEpilogues, make, layout);
    expect(after).toBe(before);
  });
});

describe("fuseEpilogues", () => {
  it("puts the sum of two convolutions into the later one, with both residuals of a block", () => {
    const build = new Layers();
    const [first, second] = [build.conv(build.x, { padding: 1 }), build.conv(build.x, { padding: 1 })];
    const before = build.done(build.call("add", { a: second, b: first }));
    const after = fuseEpilogues(before);
    expect(after.nodes.map(({ name }) => name)).toEqual(["conv", "conv/2"]);
    expect(differenceOf(before, after)).toBe(0);
  });

  it("puts an activation into the sum before it where no convolution takes it", () => {
    const build = new Layers();
    const sum = build.call("add", { a: build.x, b: build.call("abs", build.x) });
    const before = build.done(build.call("activate", sum, { activation: "mish" }));
    const after = fuseEpilogues(before);
    expect(operatorsOf(after)).toEqual(["abs", "add"]);
    expect(differenceOf(before, after)).toBe(0);
  });

  it("leaves a sum that others read", () => {
    const build = new Layers();
    const y = build.conv(build.x, { padding: 1 });
    const graph = build.done(build.call("activate", y, { activation: "relu" }), y);
    expect(fuseEpilogues(graph)).toBe(graph);
  });
});

describe("optimise", () => {
  /** A block of a mobile network, as exporters write it. */
  function block(build: Layers, x: Value): Value {
    const swish = (value: Value): Value => {
      const bounded = build.call("clamp", build.call("add", { a: value, b: build.numbers([3], []) }), {
        min: 0,
        max: 6,
      });
      return build.call("divide", { a: build.call("multiply", { a: value, b: bounded }), b: build.numbers([6], []) });
    };
    const wide = swish(build.normalised(build.conv(x, { padding: 1 })));
    const deep = swish(build.normalised(build.conv(padded(build, wide, [1, 1], [1, 1]), { groups: 4 })));
    return build.call("add", { a: x, b: build.normalised(build.conv(deep, { padding: 1 })) });
  }

  it("leaves three convolutions of a block of sixteen nodes", async () => {
    const build = new Layers();
    const before = build.done(block(build, build.x));
    const after = await optimise(before);
    expect([before.nodes.length, operatorsOf(after)]).toEqual([16, ["conv", "conv", "conv"]]);
    // hard-swish in another order of roundings, on numbers up to 2^20.
    expect(differenceOf(before, after)).toBeLessThan(2 ** 20 * 2 ** -24);
    expect(await optimise(after)).toBe(after);
  });

  it("reads nodes as often in a long network as in a short one", async () => {
    const readsOf = async (blocks: number): Promise<number> => {
      const build = new Layers("channels-first", 3);
      let y = build.x;
      for (let done = 0; done < blocks; done++) y = block(build, y);
      const { nodes, ...graph } = build.done(y);
      let reads = 0;
      const counted = nodes.map(
        (node) => new Proxy(node, { get: (target, key: keyof typeof node) => (reads++, target[key]) }),
      );
      expect((await optimise({ ...graph, nodes: counted })).nodes.length).toBe(3 * blocks);
      return reads / blocks;
    };
    expect((await readsOf(60)) / (await readsOf(6))).toBeLessThan(1.1);
  });
});
