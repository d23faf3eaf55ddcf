// Tiles of a picture: what a network computes in them is what it computes in the whole, exactly. Without a GPU.
import { describe, expect, it } from "vitest";
import { elementCount } from "../../src/base/shape.ts";
import type { Value } from "../../src/model/graph.ts";
import { type Tiling, tilingOf } from "../../src/model/tiling.ts";
import { type StridedCopy, startingAt, wholeView } from "../../src/ops/shared/geometry/strided.ts";
import { copyStrided } from "../../src/ops/shared/reference/strided.ts";
import type { NdArray } from "../../src/reference.ts";
import { refusal } from "../suite/refusal.ts";
import { Builder, integers, interpret } from "./interpret.ts";

type Network = (build: Builder, x: Value) => readonly Value[];

const graphOf =
  (network: Network, layout: Value["layout"] = "channels-first") =>
  (shape: readonly number[]) => {
    const build = new Builder();
    return build.done(...network(build, build.map(shape, layout)));
  };

/** A box cut out of an array, or put into one. */
function boxCopy(shape: readonly number[], start: readonly number[], sizes: readonly number[]): StridedCopy {
  const from = start.reduce((view, cell, axis) => startingAt(view, axis, cell), wholeView(shape));
  return { sizes, from, to: wholeView(sizes) };
}

function cut({ data, shape }: NdArray, start: readonly number[], sizes: readonly number[]): NdArray {
  return { data: copyStrided(data, boxCopy(shape, start, sizes), new Float64Array(elementCount(sizes))), shape: sizes };
}

/** Runs a network tile by tile. Cells that no tile wrote are NaN. */
function runTiles(network: Network, x: NdArray, tiling: Tiling, layout?: Value["layout"]): Record<string, NdArray> {
  const graph = graphOf(network, layout)(tiling.shape);
  const results = new Map<string, Float64Array>();
  for (const [name, shape] of tiling.shapes) results.set(name, new Float64Array(elementCount(shape)).fill(Number.NaN));
  const visit = (tile: readonly number[]): void => {
    const axis = tile.length;
    if (axis < tiling.axes.length) {
      tiling.axes[axis]!.starts.forEach((_, at) => visit([...tile, at]));
      return;
    }
    const start = tiling.shape.map(() => 0);
    tiling.axes.forEach(({ axis: own, starts }, at) => (start[own] = starts[tile[at]!]!));
    const got = interpret(graph, { x: cut(x, start, tiling.shape) });
    for (const [name, array] of Object.entries(got)) {
      const [from, to, sizes] = [array.shape.map(() => 0), array.shape.map(() => 0), [...array.shape]];
      tiling.outputs.get(name)!.forEach(({ axis: own, pieces }, at) => {
        const piece = pieces[tile[at]!]!;
        [from[own], to[own], sizes[own]] = [piece.from, piece.to, piece.count];
      });
      const part = cut(array, from, sizes);
      const { from: target, to: source } = boxCopy(tiling.shapes.get(name)!, to, sizes);
      copyStrided(part.data, { sizes, from: source, to: target }, results.get(name)!);
    }
  };
  visit([]);
  return Object.fromEntries([...results].map(([name, data]) => [name, { data, shape: tiling.shapes.get(name)! }]));
}

const conv = (build: Builder, x: Value, kernel: number, options = {}, channels = 2): Value => {
  const last = x.layout === "channels-last";
  const own = last ? x.shape.at(-1)! : x.shape[1]!;
  const shape = last ? [kernel, kernel, own, channels] : [channels, own, kernel, kernel];
  return build.call("conv", { x, w: build.weights(shape, x.layout) }, { padding: "same", ...options });
};
const up = (build: Builder, x: Value, kernel: number, options = {}): Value =>
  build.call("convTranspose", { x, w: build.weights([x.shape[1]!, 2, kernel, kernel]) }, options);

const NETWORKS: Readonly<Record<string, Network>> = {
  "one convolution": (build, x) => [conv(build, x, 3)],
  "no padding": (build, x) => [conv(build, x, 3, { padding: 0 })],
  "three convolutions": (build, x) => [conv(build, conv(build, conv(build, x, 3), 5, { activation: "relu" }), 1)],
  "even kernels": (build, x) => [conv(build, conv(build, x, 4), 2, { padding: "same-lower" })],
  "dilation and one-sided padding": (build, x) => [
    conv(build, x, 3, {
      dilation: [1, 3],
      padding: [
        [2, 0],
        [1, 5],
      ],
    }),
  ],
  "a stride": (build, x) => [conv(build, conv(build, x, 3, { stride: 2 }), 3)],
  "a stride of 3": (build, x) => [conv(build, x, 3, { stride: 3, padding: 1 })],
  "strides in turn": (build, x) => [conv(build, conv(build, x, 3, { stride: 2 }), 3, { stride: [3, 2] })],
  "a residual sum": (build, x) => {
    const first = conv(build, x, 3);
    return [build.call("add", { a: first, b: conv(build, conv(build, first, 3), 3) })];
  },
  "a fused residual": (build, x) => [
    build.call("conv", { x, w: build.weights([2, 2, 3, 3]), residual: x }, { padding: 1 }),
  ],
  "a transposed convolution": (build, x) => [up(build, x, 4, { stride: 2, padding: 1 })],
  "output padding": (build, x) => [up(build, conv(build, x, 3), 3, { stride: 2, padding: 1, outputPadding: 1 })],
  "a transposed convolution of 3": (build, x) => [up(build, x, 5, { stride: 3, padding: 2, dilation: 2 })],
  "shuffled pixels": (build, x) => [build.call("pixelShuffle", conv(build, x, 3, {}, 8), { factor: 2 })],
  "pixels to channels and back": (build, x) => {
    const coarse = build.call("pixelUnshuffle", build.call("upsample", x, { scale: 2 }), { factor: 2 });
    return [build.call("pixelShuffle", conv(build, coarse, 3, {}, 8), { factor: 2 })];
  },
  "nearest cells": (build, x) => [conv(build, build.call("upsample", x, { scale: 2 }), 3)],
  "linear interpolation": (build, x) => [build.call("upsample", conv(build, x, 3), { scale: [2, 3], mode: "linear" })],
  "a factor of 3/2": (build, x) => [build.call("resize", x, { scale: 1.5, mode: "linear" })],
  "cubic interpolation": (build, x) => [build.call("resize", x, { scale: 2, mode: "cubic" })],
  "half the size": (build, x) => [
    conv(build, build.call("resize", x, { scale: 0.5, mode: "linear", antialias: true }), 3),
  ],
  "rounding of places": (build, x) => [build.call("resize", x, { scale: 1.5, mode: "nearest", rounding: "ceil" })],
  pools: (build, x) => {
    const largest = build.call("maxPool", x, { kernelSize: 3, stride: 2, padding: 1 });
    return [build.call("averagePool", largest, { kernelSize: 2, stride: 1, padding: "same", includePadding: false })];
  },
  "windows cut off by the end": (build, x) => [build.call("maxPool", x, { kernelSize: 3, stride: 2, ceilMode: true })],
  "down, up, and a shortcut": (build, x) => {
    const first = conv(build, x, 3);
    const small = conv(build, build.call("maxPool", first, { kernelSize: 2, ceilMode: true }), 3);
    const large = build.call("upsample", small, { scale: 2 });
    const { shape } = first;
    const cropped = build.call("slice", large, { starts: [0, 0], ends: [shape[2]!, shape[3]!], axes: [2, 3] });
    return [conv(build, build.call("concatenate", { 0: first, 1: cropped }, { axis: 1 }), 3)];
  },
  "two outputs of different scales": (build, x) => {
    const small = conv(build, x, 3, { stride: 2 });
    return [build.call("upsample", conv(build, x, 5), { scale: 2 }), build.call("abs", small)];
  },
  "reflected borders": (build, x) => {
    const padding = [
      [0, 0],
      [0, 0],
      [2, 1],
      [1, 2],
    ];
    const padded = build.call("pad", conv(build, x, 3, { paddingMode: "replicate" }), {
      padding,
      paddingMode: "reflect",
    });
    return [conv(build, padded, 4, { padding: 0 })];
  },
  "channels and images": (build, x) => {
    const sum = build.call("multiply", { a: conv(build, x, 3), b: build.numbers([2, 3], [2, 1, 1]) });
    const pair = build.call("concatenate", { 0: sum, 1: build.call("softmax", x) }, { axis: 1 });
    const [first] = build.node("split", "split", { x: pair }, { sizes: [3, 1], axis: 1 });
    return [
      build.call("reduceMax", first!, { axes: [1], keepDimensions: true }),
      build.call("argMax", pair, { axis: 1 }),
    ];
  },
  "axes in another order": (build, x) => {
    const last = build.call("transpose", x, { permutation: [0, 2, 3, 1], layout: "channels-last" });
    const y = conv(build, last, 3, { stride: [1, 2] });
    const named = build.call("reshape", y, { shape: y.shape, layout: "channels-first" });
    return [
      build.call("transpose", build.call("reshape", named, { shape: [1, ...y.shape] }), {
        permutation: [0, 1, 4, 3, 2],
      }),
    ];
  },
};

const SHAPE = [1, 2, 37, 29];
const PICTURE = { data: integers(elementCount(SHAPE), 5), shape: SHAPE };
const tiles = (height: number, width = height, axes = [2, 3]): Map<number, number> =>
  new Map([
    [axes[0]!, height],
    [axes[1]!, width],
  ]);

describe("tilingOf", () => {
  it.each(Object.entries(NETWORKS))("%s", (_, network) => {
    const graph = graphOf(network);
    const expected = interpret(graph(SHAPE), { x: PICTURE });
    for (const tile of [tiles(24, 23), tiles(18, 99)]) {
      const tiling = tilingOf(graph, SHAPE, tile);
      expect(tiling.axes.length).toBeGreaterThan(0);
      for (const { axis, size, starts } of tiling.axes) {
        expect(size).toBeLessThanOrEqual(tile.get(axis)!);
        expect(starts.length).toBeGreaterThan(1);
        expect(starts.at(-1)! + size).toBe(SHAPE[axis]);
      }
      const got = runTiles(network, PICTURE, tiling);
      for (const [name, { data, shape }] of Object.entries(expected)) {
        expect(got[name]!.shape).toEqual([...shape]);
        expect([...Array.from(got[name]!.data)]).toEqual([...Array.from(data)]);
      }
    }
  });

  it("divides maps with channels last, and any axes of others", () => {
    const network: Network = (build, x) => [conv(build, conv(build, x, 3), 3, { stride: 2 })];
    const graph = graphOf(network, "channels-last");
    const shape = [1, 30, 26, 2];
    const x = { data: integers(elementCount(shape)), shape };
    const expected = interpret(graph(shape), { x })["y0"]!;
    const got = runTiles(network, x, tilingOf(graph, shape, tiles(12, 14, [1, 2])), "channels-last")["y0"]!;
    expect([...Array.from(got.data)]).toEqual([...Array.from(expected.data)]);
  });

  it("cuts off what the network sees, and no more", () => {
    const twelve: Network = (build, x) => [Array.from({ length: 12 }).reduce<Value>((y) => conv(build, y, 3), x)];
    const { axes, outputs } = tilingOf(graphOf(twelve), [1, 2, 1000, 50], tiles(256));
    // 12 cells at each border; five tiles of 256 cells would reach farther than five of 220.
    expect(axes).toEqual([{ axis: 2, size: 220, starts: [0, 196, 392, 588, 780] }]);
    expect(outputs.get("y0")![0]!.pieces.map(({ from }) => from)).toEqual([0, 12, 12, 12, 16]);
  });

  it("makes tiles no larger than the picture takes", () => {
    const { axes } = tilingOf(
      graphOf((build, x) => [conv(build, x, 3)]),
      [1, 2, 100, 8],
      tiles(64),
    );
    expect(axes).toEqual([{ axis: 2, size: 51, starts: [0, 49] }]);
  });

  it("leaves a picture whole that is no larger than a tile, whatever the network", () => {
    const { axes, shape } = tilingOf(
      graphOf((build, x) => [build.call("globalAveragePool", x)]),
      SHAPE,
      tiles(64),
    );
    expect([axes, shape]).toEqual([[], SHAPE]);
  });

  it("takes pictures whose maps no tensor could hold", () => {
    const network: Network = (build, x) => [build.call("upsample", conv(build, x, 3, {}, 64), { scale: 4 })];
    const { shapes, axes } = tilingOf(graphOf(network), [1, 3, 12_000, 9000], tiles(256));
    expect(shapes.get("y0")).toEqual([1, 64, 48_000, 36_000]);
    expect(axes.map(({ starts }) => starts.length)).toEqual([48, 36]);
  });
});

const REFUSED: Readonly<Record<string, readonly [network: Network, node: string]>> = {
  "global pooling": [
    (build, x) => {
      const scale = build.call("globalAveragePool", x);
      return [build.call("multiply", { a: x, b: scale })];
    },
    "node globalAveragePool (globalAveragePool): got a map that it depends on as a whole",
  ],
  "a dense layer": [
    (build, x) => {
      const rows = build.call("flatten", x);
      return [build.call("linear", { x: rows, w: build.weights([3, rows.shape[1]!]) })];
    },
    "node flatten (flatten)",
  ],
  "softmax along an axis of the picture": [(build, x) => [build.call("softmax", x, { axis: 3 })], "node softmax"],
  "a mean of the picture": [(build, x) => [build.call("reduceMean", x, { axes: [2] })], "node reduceMean"],
  "instance normalisation": [(build, x) => [build.call("instanceNorm", x)], "node instanceNorm"],
  "corners aligned": [
    (build, x) => [build.call("resize", x, { scale: 2, mode: "linear", coordinates: "align-corners" })],
    "node resize",
  ],
  "borders of the other side": [
    (build, x) => [conv(build, x, 3, { padding: 1, paddingMode: "circular" })],
    "node conv",
  ],
  "a size that does not follow the picture": [
    (build, x) => [build.call("upsample", x, { outputSize: [64, 64] })],
    "node upsample (upsample): got a map whose places follow from the size of the whole",
  ],
  "numbers for each place": [
    (build, x) => [build.call("add", { a: x, b: build.weights([1, 1, x.shape[2]!, x.shape[3]!]) })],
    "node add (add): got b for each place",
  ],
  "cells in one row": [(build, x) => [build.call("reshape", x, { shape: [1, 2, -1] })], "node reshape"],
  "maps of other scales": [
    (build, x) => [build.call("concatenate", { 0: x, 1: build.call("transpose", x, { permutation: [0, 1, 3, 2] }) })],
    "node concatenate (concatenate): got maps of other scales",
  ],
};

describe("tilingOf refuses", () => {
  it.each(Object.entries(REFUSED))("%s", (_, [network, node]) => {
    const { code, argument, got } = refusal(() => tilingOf(graphOf(network), [1, 2, 40, 40], tiles(16)));
    expect([code, `${argument}: got ${got}`.slice(0, node.length)]).toEqual(["unsupported-model", node]);
  });

  it("a tile that is all halo, with the least that is not", () => {
    const network: Network = (build, x) => [conv(build, conv(build, x, 9), 9, { stride: 2 })];
    const { code, argument, expected } = refusal(() => tilingOf(graphOf(network), SHAPE, tiles(12, 99)));
    expect([code, argument]).toEqual(["invalid-argument", "tile"]);
    expect(expected).toBe("at least 17 cells: the rest is the halo of this network");
    expect(tilingOf(graphOf(network), SHAPE, tiles(17, 99)).axes[0]!.size).toBe(17);
    expect(refusal(() => tilingOf(graphOf(network), SHAPE, tiles(16, 99))).argument).toBe("tile");
  });
});
