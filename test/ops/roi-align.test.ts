// Region alignment by the reference: its gradient, the values of ONNX's examples, and what it refuses.
import { expect, test } from "vitest";
import { elementCount } from "../../src/base/shape.ts";
import { roiAlign, roiAlignBackward } from "../../src/reference.ts";
import { uniform } from "../suite/random.ts";
import { refusal } from "../suite/refusal.ts";
import { ALIGNED_REGIONS } from "./aligned-regions.ts";
import { expectGradient } from "./finite-differences.ts";

const random = (shape: readonly number[], seed: number) => ({ data: uniform(elementCount(shape), seed), shape });
const list = (data: readonly number[]) => ({ data, shape: [data.length] });

test.each(ALIGNED_REGIONS.filter(({ options }) => options.mode !== "max"))(
  "the gradient of $name",
  ({ shape, rois, images, options }) => {
    const regions = { data: rois.flat(), shape: [rois.length, 4] };
    const x = random(shape, 1);
    const dy = random(roiAlign(x, regions, list(images), options).shape, 2);
    const dx = roiAlignBackward(dy, regions, list(images), { ...options, inputShape: shape });
    expectGradient(dx, (array) => roiAlign(array, regions, list(images), options), x, dy);
  },
);

test("samples a ramp at the centres of bins, and takes the largest weighted cell", () => {
  const x = { shape: [1, 1, 4, 4], data: Array.from({ length: 16 }, (_, at) => at) };
  const roi = { shape: [1, 4], data: [0.5, 0.5, 2.5, 2.5] };
  const options = { outputSize: 2, samplingRatio: 1 } as const;
  // The centres, in cells: 0.5 and 1.5 with "half-pixel", 1 and 2 without.
  expect([...roiAlign(x, roi, list([0]), options).data]).toEqual([2.5, 3.5, 6.5, 7.5]);
  const moved = { ...options, coordinates: "output-half-pixel" } as const;
  expect([...roiAlign(x, roi, list([0]), moved).data]).toEqual([5, 6, 9, 10]);
  expect([...roiAlign(x, roi, list([0]), { ...options, mode: "max" }).data]).toEqual([1.25, 1.5, 2.25, 2.5]);
});

const x = random([1, 2, 4, 5], 1);
const rois = { shape: [2, 4], data: [0, 0, 2, 2, 1, 1, 3, 3] };
const images = list([0, 0]);
const align = (options: object) => () => roiAlign(x, rois, images, { outputSize: 2, ...options });
test.each([
  [align({ outputSize: 0 }), "outputSize", "invalid-argument"],
  [align({ outputSize: [2, 2, 2] }), "outputSize", "shape-mismatch"],
  [align({ samplingRatio: -1 }), "samplingRatio", "invalid-argument"],
  [align({ spatialScale: Number.NaN }), "spatialScale", "invalid-argument"],
  [align({ mode: "avg" }), "mode", "invalid-argument"],
  [align({ coordinates: "half_pixel" }), "coordinates", "invalid-argument"],
  [() => roiAlign(random([1, 2, 4], 1), rois, images, { outputSize: 2 }), "x.shape", "unsupported"],
  [
    () => roiAlign(x, { shape: [2, 5], data: new Float32Array(10) }, images, { outputSize: 2 }),
    "rois.shape",
    "shape-mismatch",
  ],
  [() => roiAlign(x, rois, list([0]), { outputSize: 2 }), "batchIndices.shape", "shape-mismatch"],
  [() => roiAlignBackward(x, rois, images, { outputSize: 2, inputShape: [1, 2, 4, 4] }), "dy.shape", "shape-mismatch"],
  [
    () => roiAlignBackward(x, rois, images, { outputSize: 2, mode: "max", inputShape: [1, 2, 4, 4] }),
    "mode",
    "unsupported",
  ],
])("refuses %#", (call, argument, code) => {
  expect(refusal(call)).toMatchObject({ argument, code });
});
