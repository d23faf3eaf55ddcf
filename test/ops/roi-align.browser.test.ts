// Region alignment against the reference.
import { afterAll, beforeAll, expect, it } from "vitest";
import { gamma } from "../../src/base/arithmetic.ts";
import { type Engine, createEngine } from "../../src/index.ts";
import { roiAlign, roiAlignBackward } from "../../src/ops/index.ts";
import * as reference from "../../src/reference.ts";
import { ALIGNED_REGIONS } from "./aligned-regions.ts";
import { type OperationCase, testOperations } from "./suite.ts";
import { inLayout } from "./windows.ts";

const alignments = ALIGNED_REGIONS.flatMap(({ name, shape, rois, images, options }): OperationCase<never>[] => {
  const given = {
    rois: { shape: [rois.length, 4], values: () => rois.flat() },
    images: { shape: [images.length], values: () => images },
  };
  // Places of up to 16 cells err by four roundings at most, 64 u. A weight errs by that along both axes and by two roundings; a sample has
  // four. The mean is of at most 64 samples.
  const roundings = 4 * (2 * 64 + 4) + 64;
  const forward: OperationCase<"x" | "rois" | "images"> = {
    name,
    inputs: { x: { shape }, ...given },
    run: ({ x, rois: regions, images: of }) => ({ y: roiAlign(x, regions, of, options) }),
    reference: ({ x, rois: regions, images: of }, layout) => ({
      y: reference.roiAlign(x, regions, of, { ...options, layout }),
    }),
    bound: () => ({ y: () => gamma(roundings) }),
  };
  if (options.mode === "max") return [forward];
  const [rows, columns] = Array.isArray(options.outputSize)
    ? options.outputSize
    : [options.outputSize, options.outputSize];
  const backward: OperationCase<"dy" | "rois" | "images"> = {
    name: `gradient of ${name}`,
    inputs: { dy: { shape: [rois.length, shape[1]!, rows, columns] }, ...given },
    run: ({ dy, rois: regions, images: of }, layout) => ({
      dx: roiAlignBackward(dy, regions, of, { ...options, inputShape: inLayout(shape, layout) }),
    }),
    reference: ({ dy, rois: regions, images: of }, layout) => ({
      dx: reference.roiAlignBackward(dy, regions, of, { ...options, layout, inputShape: inLayout(shape, layout) }),
    }),
    // Every bin of every region may have a cell.
    bound: () => ({ dx: () => rois.length * rows * columns * gamma(roundings) }),
  };
  return [forward, backward];
});

testOperations(alignments);

let engine: Engine;
beforeAll(async () => void (engine = await createEngine({ tuning: "forget" })));
afterAll(() => engine.destroy());

it("has defined results for regions that are far out, or no numbers", async () => {
  const x = engine.tensor(new Float32Array(32).fill(2), [1, 2, 4, 4]);
  const strange = [Number.NaN, 1e30, -1e30, Infinity, -Infinity, 3.4e38, 0, 1e9];
  const corners = Float32Array.from({ length: 64 }, (_, at) => strange[(at * 5 + (at >> 3)) % 8]!);
  const rois = engine.tensor(corners, [16, 4]);
  const images = engine.tensor(new Uint32Array(16), [16], { dtype: "u32" });
  for (const coordinates of ["half-pixel", "output-half-pixel"] as const)
    for (const samplingRatio of [0, 2]) {
      const y = roiAlign(x, rois, images, { outputSize: 2, coordinates, samplingRatio });
      const dx = roiAlignBackward(y, rois, images, {
        ...{ outputSize: 2, coordinates, samplingRatio },
        inputShape: x.shape,
      });
      expect((await y.read()).every((value) => value >= 0 && value <= 2)).toBe(true);
      expect((await dx.read()).every(Number.isFinite)).toBe(true);
      for (const tensor of [y, dx]) tensor.destroy();
    }
  for (const tensor of [x, rois, images]) tensor.destroy();
});

it("has empty results without regions, and zeros without images", async () => {
  const x = engine.empty([1, 2, 4, 4]);
  const [none, index] = [engine.empty([0, 4]), engine.empty([0])];
  const image = engine.empty([1]);
  const y = roiAlign(x, none, index, { outputSize: 2 });
  const dx = roiAlignBackward(y, none, index, { outputSize: 2, inputShape: x.shape });
  const noImage = roiAlign(engine.empty([0, 2, 4, 4]), engine.empty([1, 4]), image, { outputSize: 2 });
  expect(y.shape).toEqual([0, 2, 2, 2]);
  expect([...(await dx.read())]).toEqual([...new Float32Array(32)]);
  expect([...(await noImage.read())]).toEqual([...new Float32Array(8)]);
});
