// Tiled runs on a GPU: the same bits as the whole picture's, in the memory of a tile, with progress, stopped by a signal.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Engine, Tensor, createEngine } from "../../src/index.ts";
import { constrained } from "../../src/model/constrained.ts";
import type { ModelSource, Value } from "../../src/model/graph.ts";
import { Model } from "../../src/model/model.ts";
import type { TilePiece, TiledProgress } from "../../src/model/run-tiled.ts";
import { newDevice } from "../suite/counting.ts";
import { integers, sourceOf } from "./networks.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ device: await newDevice(), tuning: "forget" });
});
afterAll(() => {
  engine.destroy();
  engine.device.destroy();
});

const input = { name: "x", shape: [1, 3, "height", "width"], layout: "channels-first", dtype: "f32" } as const;

/** Normal-looking numbers, whose sums are rounded: another order of terms would give other bits. */
const fractions = (count: number, seed: number): Float32Array =>
  integers(count, seed).map((one, at) => one / (1 + (at % 7)));

/** Strides, a transposed convolution, a shortcut and shuffled pixels, by one algorithm. */
function network(): ModelSource {
  const constants = [8 * 27, 8 * 72, 8 * 4 * 16, 12 * 12 * 9, 8].map((count, at) => fractions(count, at + 1));
  const source = sourceOf([input], (builder, x) => {
    const weights = (at: number, shape: number[]): Value => builder.constant(`w${at}`, { shape, data: constants[at]! });
    const options = { padding: "same" };
    const [a] = builder.node(
      "a",
      "conv",
      { x, w: weights(0, [8, 3, 3, 3]), bias: weights(4, [8]) },
      { ...options, activation: "silu" },
    );
    const [b] = builder.node("b", "conv", { x: a!, w: weights(1, [8, 8, 3, 3]) }, { ...options, stride: 2 });
    const up = { stride: 2, padding: "same", outputShape: a!.shape.slice(2) };
    const [c] = builder.node("c", "convTranspose", { x: b!, w: weights(2, [8, 4, 4, 4]) }, up);
    const [both] = builder.node("both", "concatenate", { 0: a!, 1: c! });
    const [d] = builder.node("d", "conv", { x: both!, w: weights(3, [12, 12, 3, 3]) }, options);
    const [y] = builder.node("y", "pixelShuffle", { x: d! }, { factor: 2 });
    builder.output("y", y!);
  });
  return constrained(source, { algorithm: "direct" });
}

const SHAPE = [1, 3, 45, 37];
const DATA = fractions(3 * 45 * 37, 9);

describe("runTiled", () => {
  it("gives the bits of the whole picture, for numbers and for tensors", async () => {
    using model = new Model(engine, network());
    const { y } = await model.run({ x: { data: DATA, shape: SHAPE } });
    const whole = await y!.read();
    const progress: TiledProgress[] = [];
    const tiled = await model.runTiled(
      { data: DATA, shape: SHAPE },
      { tile: [24, 20], progress: (one) => progress.push(one) },
    );
    expect(tiled["y"]!.shape).toEqual([1, 3, 90, 74]);
    expect(tiled["y"]!.data).toEqual(whole);
    const total = progress.at(-1)!.total;
    expect(total).toBeGreaterThan(4);
    expect(progress).toEqual(Array.from({ length: total + 1 }, (_, done) => ({ done, total })));
    using x = engine.tensor(DATA, SHAPE);
    const { y: tensor } = await model.runTiled(x, { tile: [24, 20] });
    expect(tensor).toBeInstanceOf(Tensor);
    expect(await tensor!.read()).toEqual(whole);
    for (const one of [y!, tensor!]) one.destroy();
  });

  it("divides the axes that are named, of a network whose input has its channels elsewhere", async () => {
    const w = fractions(3 * 27, 3);
    const declared = { ...input, shape: [1, "height", "width", 3] } as const;
    const source = sourceOf([declared], (builder, x) => {
      const [map] = builder.node("map", "transpose", { x }, { permutation: [0, 3, 1, 2] });
      const kernel = builder.constant("w", { shape: [3, 3, 3, 3], data: w });
      const [sums] = builder.node("sums", "conv", { x: map!, w: kernel }, { padding: 1 });
      const [y] = builder.node("y", "transpose", { x: sums! }, { permutation: [0, 2, 3, 1] });
      builder.output("y", y!);
    });
    using model = new Model(engine, constrained(source, { algorithm: "direct" }));
    const picture = { data: fractions(3 * 45 * 37, 9), shape: [1, 45, 37, 3] };
    const { y } = await model.run({ x: picture });
    let tiles = 0;
    const tiled = await model.runTiled(picture, { tile: 24, axes: [1, -2], progress: ({ total }) => (tiles = total) });
    expect(tiles).toBe(4);
    expect(tiled["y"]!.data).toEqual(await y!.read());
    y!.destroy();
  });

  it("writes pieces, which cover the output once, and keeps nothing", async () => {
    using model = new Model(engine, network());
    const pieces: TilePiece[] = [];
    const none = await model.runTiled(
      { data: DATA, shape: SHAPE },
      { tile: 24, write: (piece) => void pieces.push(piece) },
    );
    expect(none).toEqual({});
    const covered = new Uint8Array(90 * 74);
    for (const { shape, start } of pieces)
      for (let row = 0; row < shape[2]!; row++)
        for (let column = 0; column < shape[3]!; column++) covered[(start[2]! + row) * 74 + start[3]! + column]!++;
    expect(covered.every((count) => count === 1)).toBe(true);
    expect(pieces.every(({ data, shape }) => data.length === 3 * shape[2]! * shape[3]!)).toBe(true);
  });

  it("takes the memory of a tile, however large the picture", async () => {
    using model = new Model(engine, network());
    const peakOf = async (height: number): Promise<number> => {
      const shape = [1, 3, height, 24];
      await model.runTiled({ data: fractions(3 * height * 24, 2), shape }, { tile: 24, write: () => {} });
      return engine.memory.peak;
    };
    const small = await peakOf(240);
    expect(await peakOf(960)).toBeLessThanOrEqual(small * 1.05);
  });

  it("stops before the next tile, and frees what it made", async () => {
    using model = new Model(engine, network());
    using x = engine.tensor(DATA, SHAPE);
    await model.runTiled(x, { tile: 24 }).then(({ y }) => y!.destroy());
    const before = engine.memory.tensors;
    const controller = new AbortController();
    const progress = ({ done }: TiledProgress): void => {
      if (done === 2) controller.abort(new Error("stop"));
    };
    await expect(model.runTiled(x, { tile: 24, signal: controller.signal, progress })).rejects.toThrow("stop");
    expect(engine.memory.tensors).toBe(before);
  });

  it("gives the page its turn between tiles", async () => {
    using model = new Model(engine, network());
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    let total = 0;
    await model.runTiled({ data: DATA, shape: SHAPE }, { tile: 20, progress: (one) => (total = one.total) });
    clearInterval(timer);
    expect(turns).toBeGreaterThanOrEqual(total / 2);
  });

  it.each([
    ["no map", { data: [1], shape: [1] }, {}, /^x\.shape/],
    ["too few numbers", { data: [1], shape: [1, 3, 2, 2] }, {}, /^x\.data/],
    ["other channels", { data: new Float32Array(8), shape: [1, 2, 2, 2] }, {}, /^x\.shape/],
    ["a tile of nothing", { data: new Float32Array(12), shape: [1, 3, 2, 2] }, { tile: 0 }, /^tile/],
    ["a tile of three axes", { data: new Float32Array(12), shape: [1, 3, 2, 2] }, { tile: [8, 8, 8] }, /^tile/],
    ["an axis twice", { data: new Float32Array(12), shape: [1, 3, 2, 2] }, { axes: [2, -2] }, /^axes\[1\]/],
    ["axes of no list", { data: new Float32Array(12), shape: [1, 3, 2, 2] }, { axes: 2 }, /^axes/],
    ["an unknown option", { data: new Float32Array(12), shape: [1, 3, 2, 2] }, { tiles: 8 }, /^options/],
    ["no function", { data: new Float32Array(12), shape: [1, 3, 2, 2] }, { write: 8 }, /^write/],
    ["numbers without a shape", [1, 2, 3], {}, /^x: /],
  ])("refuses %s", async (_, x, options, message) => {
    using model = new Model(engine, network());
    await expect(model.runTiled(x as never, options as never)).rejects.toThrow(message);
  });
});
