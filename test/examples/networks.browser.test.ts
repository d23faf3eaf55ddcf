// Networks built of the engine's parts compute what the same networks of the CPU reference's parts do, on small images and with few channels.
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { NETWORKS } from "../../examples/networks/networks.mjs";
import { Parts, onEngine, onReference } from "../../examples/networks/parts.mjs";
import { type Engine, createEngine } from "../../src/index.ts";
import * as reference from "../../src/reference.ts";
import { uniform } from "../suite/random.ts";

const SIDE = 64;
const shape = [1, 3, SIDE, SIDE];
const image = uniform(3 * SIDE * SIDE, 11);

/**
 * The most by which scores may differ, as a share of their size. Weights and activations have random signs, so the rounding errors of a
 * layer of n terms come to sqrt(n) u of its results, u = 2^-24, and those of all layers add up: 71 of them (Xception has most), with up to
 * 2048 / 8 channels of 3 x 3 cells.
 */
const TOLERANCE = 71 * Math.sqrt((2048 / 8) * 9) * 2 ** -24;

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ tuning: "forget" });
});
afterAll(() => engine.destroy());

const size = (values: ArrayLike<number>): number =>
  Math.sqrt(Array.from(values).reduce((sum, one) => sum + one * one, 0));

/**
 * Networks, and how many times as many channels they have here. A run takes two of them, by its seed; where compiling is slow, the one with
 * the fewest kinds of layers.
 */
const small: [string, number][] = [
  ["ShuffleNet v2", 1 / 2],
  ["MobileNet v2", 1 / 4],
  ["ResNet-50", 1 / 8],
  ["Xception", 1 / 8],
];

const draw = inject("draw");
const chosen = small.filter((_, at) => draw.parts === 1 || at % 2 === draw.seed % 2);

it.each(inject("selection") === "all" ? chosen : small.slice(0, 1))("%s", async (name, width) => {
  const { make } = NETWORKS[name]!;
  const network = make({ width, classes: 100 });
  const expected = new Parts(onReference(reference)).run(network, { data: image, shape });

  const parts = new Parts(onEngine(engine));
  const x = engine.tensor(image, shape);
  const scores = parts.run(network, x);
  const got = await scores.read();
  for (const tensor of [scores, x]) tensor.destroy();
  parts.destroy();

  expect(scores.shape).toEqual(expected.shape);
  expect(size(expected.data)).toBeGreaterThan(0.01);
  const error = size(Array.from(expected.data, (value, at) => value - got[at]!)) / size(expected.data);
  expect(error).toBeLessThan(TOLERANCE);
  const { tensors, weights } = engine.memory;
  expect({ tensors, weights }).toEqual({ tensors: 0, weights: 0 });
});
