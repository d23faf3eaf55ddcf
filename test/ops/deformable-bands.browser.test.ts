// Deformable convolution of maps whose samples do not fit in memory at once: band by band, in bounded memory, with the same results.
import { expect, it } from "vitest";
import { gamma } from "../../src/base/arithmetic.ts";
import { elementCount } from "../../src/base/shape.ts";
import { type Tensor, createEngine } from "../../src/index.ts";
import { bandsOf } from "../../src/ops/deformable-conv/bands.ts";
import { deformableOf } from "../../src/ops/deformable-conv/geometry.ts";
import { deformableConv, deformableConvBackward } from "../../src/ops/index.ts";
import * as reference from "../../src/reference.ts";
import { uniform } from "../suite/random.ts";
import { eighths } from "./deformable.ts";

const MIB = 2 ** 20;

const random = (shape: number[], seed: number) => ({ data: uniform(elementCount(shape), seed), shape });

it.each(["channels-first", "channels-last"] as const)(
  "in two bands an image has the values of one, %s",
  async (layout) => {
    using engine = await createEngine();
    // A map has 30 samples a cell, of which 30 000 cells fill a band.
    const shape = (N: number, channels: number): number[] =>
      layout === "channels-first" ? [N, channels, 160, 200] : [N, 160, 200, channels];
    const x = random(shape(2, 10), 1);
    const w = random(layout === "channels-first" ? [1, 10, 3, 1] : [3, 1, 10, 1], 2);
    const geometry = { padding: [1, 0], offsetGroups: 10, layout } as const;
    const { layout: _, ...placed } = geometry;
    const bands = bandsOf(deformableOf(x.shape, w.shape, layout, placed), "f32");
    expect(bands.map(({ firstImage }) => firstImage)).toEqual([0, 0, 1, 1]);
    const offset = { shape: shape(2, 60), data: eighths(2)(elementCount(shape(2, 60)), 3) };
    const mask = random(shape(2, 30), 4);
    const dy = random(shape(2, 1), 5);
    const tensor = ({ data, shape: own }: { data: Float32Array; shape: number[] }): Tensor =>
      engine.tensor(data, own, { layout });
    const options = { ...placed, offset: tensor(offset), mask: tensor(mask) };
    const near = async (got: Tensor, wanted: { data: Float64Array }, terms: number) => {
      const values = await got.read();
      expect(values.length).toBe(wanted.data.length);
      let worst = 0;
      wanted.data.forEach((value, at) => (worst = Math.max(worst, Math.abs(values[at]! - value))));
      // Factors are at most 1 in size.
      expect(worst).toBeLessThan(gamma(terms + 10) * terms);
    };
    const y = deformableConv(tensor(x), tensor(w), options);
    await near(y, reference.deformableConv(x, w, { ...geometry, offset, mask }), 30);
    const got = deformableConvBackward(tensor(dy), tensor(x), tensor(w), options);
    const wanted = reference.deformableConvBackward(dy, x, w, { ...geometry, offset, mask });
    // As many samples as reach a cell lie within two cells of it.
    await near(got.dx, wanted.dx, 75);
    await near(got.doffset, wanted.doffset, 4);
    await near(got.dmask!, wanted.dmask!, 2);
    const sizes = await got.dw.read();
    wanted.dw.data.forEach((value, at) => expect(Math.abs(sizes[at]! - value)).toBeLessThan(gamma(64_000) * 64_000));
  },
);

it("takes 32 MiB for samples and as much for their gradients, on a device with default limits", async () => {
  const adapter = (await navigator.gpu.requestAdapter())!;
  const device = await adapter.requestDevice();
  using engine = await createEngine({ device });
  const [x, w] = [engine.empty([1, 64, 128, 160]), engine.empty([1, 64, 3, 3])];
  const offset = engine.empty([1, 18, 128, 160]);
  const options = { padding: 1, offset };
  const before = engine.memory.total;
  // On lavapipe the product copies a band of samples into a texture, which takes 23 MiB here.
  const copies = navigator.userAgent.includes("Firefox") ? 24 * MIB : 0;
  const y = deformableConv(x, w, options);
  expect(engine.memory.peak - before).toBeLessThan(40 * MIB + copies);
  const gradients = deformableConvBackward(y, x, w, options);
  await gradients.dx.read();
  expect(engine.memory.peak - before).toBeLessThan(80 * MIB + copies);
});

it("lays out the samples of the largest maps in bands of 32 MiB", () => {
  for (const [C, size] of [
    [64, 256],
    [3, 2048],
    [512, 64],
  ] as const) {
    const deformable = deformableOf([3, C, size, size], [8, C, 3, 3], "channels-first", { padding: 1 });
    const bands = bandsOf(deformable, "f32");
    for (const { images, rows } of bands) expect(images * rows * size * C * 9 * 4).toBeLessThanOrEqual(32 * MIB);
    expect(bands.reduce((sum, { images, rows }) => sum + images * rows, 0)).toBe(3 * size);
  }
});
