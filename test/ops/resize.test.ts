// Resizing by the reference: ONNX's formulas, its gradient, and what it refuses.
import { expect, test } from "vitest";
import { elementCount } from "../../src/base/shape.ts";
import type { ResizeOptions } from "../../src/ops/resize/geometry.ts";
import { resize, resizeBackward } from "../../src/reference.ts";
import { uniform } from "../suite/random.ts";
import { refusal } from "../suite/refusal.ts";
import { expectGradient } from "./finite-differences.ts";
import { RESIZED_MAPS } from "./resized-maps.ts";

const random = (shape: readonly number[], seed: number) => ({ data: uniform(elementCount(shape), seed), shape });

test.each(RESIZED_MAPS)("the gradient of $name", ({ shape, options }) => {
  const x = random(shape, 1);
  const dy = random(resize(x, options).shape, 2);
  const dx = resizeBackward(dy, { ...options, inputShape: shape });
  // What is extrapolated is not a function of x.
  const { extrapolationValue: _, ...linear } = options;
  expectGradient(dx, (array) => resize(array, linear), x, dy);
});

/** One output of ONNX's Resize (version 19) along an axis, as its text says it, in floating point. */
function onnx(x: readonly number[], at: number, outputs: number, factor: number, options: ResizeOptions): number {
  const cells = x.length;
  const length = factor * cells;
  const { coordinates = "half-pixel", rounding = "round-prefer-floor", cubicCoefficient: a = -0.75 } = options;
  const [begin, end] = (options.roi ?? [0, 1]) as [number, number];
  const half = (at + 0.5) / factor - 0.5;
  const exact = {
    "half-pixel": half,
    "half-pixel-symmetric": (cells / 2) * (1 - outputs / length) + half,
    "pytorch-half-pixel": outputs > 1 ? half : 0,
    "align-corners": outputs > 1 ? (at * (cells - 1)) / (length - 1) : 0,
    asymmetric: at / factor,
    "tf-crop-and-resize":
      outputs > 1
        ? begin * (cells - 1) + (at * (end - begin) * (cells - 1)) / (length - 1)
        : 0.5 * (begin + end) * (cells - 1),
  }[coordinates];
  // Places are fractions of few bits or far from a tie.
  const place = Math.round(exact * 2 ** 40) / 2 ** 40;
  if (coordinates === "tf-crop-and-resize" && (place < 0 || place > cells - 1)) return options.extrapolationValue ?? 0;
  const cell = (index: number): number => x[Math.min(Math.max(index, 0), cells - 1)]!;
  if (options.mode === "nearest") {
    const rounded = {
      "round-prefer-floor": Math.ceil(place - 0.5),
      "round-prefer-ceil": Math.floor(place + 0.5),
      floor: Math.floor(place),
      ceil: Math.ceil(place),
    }[rounding];
    return cell(rounded);
  }
  const stretch = options.antialias ? Math.max(1, 1 / factor) : 1;
  const kernel = (distance: number): number => {
    const t = Math.abs(distance);
    if (options.mode === "linear") return Math.max(0, 1 - t);
    if (t <= 1) return (a + 2) * t ** 3 - (a + 3) * t ** 2 + 1;
    return t < 2 ? a * t ** 3 - 5 * a * t ** 2 + 8 * a * t - 4 * a : 0;
  };
  let [sum, all] = [0, 0];
  for (let index = Math.floor(place) - 40; index <= place + 40; index++) {
    const weight = kernel((index - place) / stretch);
    if (options.excludeOutside && (index < 0 || index >= cells)) continue;
    sum += weight * cell(index);
    all += weight;
  }
  return sum / all;
}

const ROUNDINGS = ["round-prefer-floor", "round-prefer-ceil", "floor", "ceil"] as const;
const KERNELS: ResizeOptions[] = [
  ...ROUNDINGS.map((rounding): ResizeOptions => ({ mode: "nearest", rounding })),
  { mode: "linear" },
  { mode: "linear", antialias: true },
  { mode: "linear", antialias: true, excludeOutside: true },
  { mode: "cubic" },
  { mode: "cubic", cubicCoefficient: -0.5, excludeOutside: true },
  { mode: "cubic", antialias: true },
  { mode: "cubic", antialias: true, excludeOutside: true },
];
const COORDINATES: ResizeOptions[] = [
  { coordinates: "half-pixel" },
  { coordinates: "half-pixel-symmetric" },
  { coordinates: "pytorch-half-pixel" },
  { coordinates: "align-corners" },
  { coordinates: "asymmetric" },
  { coordinates: "tf-crop-and-resize", roi: [0.25, 0.75] },
  { coordinates: "tf-crop-and-resize", roi: [-0.5, 1.25], extrapolationValue: 7 },
  { coordinates: "tf-crop-and-resize", roi: [0.875, 0.125] },
];

// Factors of few bits: the formulas above are then exact where rounding is.
test.each(COORDINATES)("%o has the places of ONNX, by every kernel", (coordinates) => {
  for (const kernel of KERNELS)
    for (const cells of [1, 4, 7, 10])
      for (const factor of [0.25, 0.5, 0.625, 1, 1.25, 1.75, 2, 3]) {
        const outputs = Math.floor(cells * factor);
        if (outputs < 1) continue;
        const options = { ...coordinates, ...kernel };
        const x = [...uniform(cells, cells)];
        const { data } = resize({ data: x, shape: [1, 1, cells] }, { ...options, scale: factor });
        const wanted = Array.from({ length: outputs }, (_, at) => onnx(x, at, outputs, factor, options));
        for (const [at, value] of wanted.entries())
          expect(data[at], `${JSON.stringify(options)} ${cells} by ${factor}, output ${at}`).toBeCloseTo(value, 9);
      }
});

test("has the values of ONNX's examples", () => {
  const square = { shape: [1, 1, 4, 4], data: Array.from({ length: 16 }, (_, at) => at + 1) };
  const close = (got: ArrayLike<number>, wanted: readonly number[]): void =>
    wanted.forEach((value, at) => expect(got[at]).toBeCloseTo(value, 5));
  // resize_downsample_scales_cubic, ..._linear_align_corners, ..._linear_antialias, resize_tf_crop_and_resize, ..._nearest_not_larger
  close(resize(square, { scale: 0.8, mode: "cubic" }).data, [
    ...[1.47119141, 2.78125, 4.08251953, 6.71142578, 8.02148438, 9.32275391, 11.91650391, 13.2265625, 14.52783203],
  ]);
  const rows = { shape: [1, 1, 2, 4], data: [1, 2, 3, 4, 5, 6, 7, 8] };
  close(resize(rows, { scale: 0.6, mode: "linear", coordinates: "align-corners" }).data, [1, 3.142857]);
  close(resize(square, { scale: 0.6, mode: "linear", antialias: true }).data, [2.875, 4.5, 9.375, 11]);
  const crop = { outputSize: 3, mode: "linear", coordinates: "tf-crop-and-resize" } as const;
  close(resize(square, { ...crop, roi: [0.4, 0.6, 0.6, 0.8] }).data, [
    ...[7.6000004, 7.9, 8.2, 8.8, 9.1, 9.400001, 10, 10.3, 10.6],
  ]);
  expect(resize(rows, { outputSize: [7, 8], keepAspectRatio: "not-larger" }).shape).toEqual([1, 1, 4, 8]);
  expect(resize(rows, { outputSize: [7, 8], keepAspectRatio: "not-smaller" }).shape).toEqual([1, 1, 7, 14]);
});

const x = { shape: [1, 1, 4], data: [1, 2, 3, 4] };
const by = (options: unknown) => () => resize(x, options as never);
test.each([
  [by({}), "scale", "invalid-argument"],
  [by({ scale: 2, outputSize: 8 }), "scale", "invalid-argument"],
  [by({ scale: -1 }), "scale", "empty-output"],
  [by({ scale: 2, keepAspectRatio: "not-larger" }), "keepAspectRatio", "invalid-argument"],
  [by({ scale: 2, mode: "area" }), "mode", "invalid-argument"],
  [by({ scale: 2, coordinates: "half_pixel" }), "coordinates", "invalid-argument"],
  [by({ scale: 2, mode: "linear", rounding: "floor" }), "rounding", "invalid-argument"],
  [by({ scale: 2, rounding: "round" }), "rounding", "invalid-argument"],
  [by({ scale: 2, antialias: true }), "antialias", "invalid-argument"],
  [by({ scale: 2, excludeOutside: false }), "excludeOutside", "invalid-argument"],
  [by({ scale: 2, mode: "linear", cubicCoefficient: -0.5 }), "cubicCoefficient", "invalid-argument"],
  [by({ scale: 2, mode: "cubic", cubicCoefficient: Infinity }), "cubicCoefficient", "invalid-argument"],
  [by({ scale: 2, roi: [0, 1] }), "roi", "invalid-argument"],
  [by({ scale: 2, extrapolationValue: 1 }), "extrapolationValue", "invalid-argument"],
  [by({ scale: 2, coordinates: "tf-crop-and-resize", roi: [0, 0, 1, 1] }), "roi", "shape-mismatch"],
  [by({ scale: 2, coordinates: "tf-crop-and-resize", roi: [0, Number.NaN] }), "roi[1]", "invalid-argument"],
  [by({ scale: 2, coordinates: "tf-crop-and-resize", roi: [0, 1e12] }), "roi[1]", "too-large"],
  [() => resizeBackward(x, { scale: 2, inputShape: [1, 1, 3] }), "dy.shape", "shape-mismatch"],
  [() => resize({ shape: [1, 1, 0], data: [] }, { outputSize: 2 }), "outputSize", "empty-output"],
])("refuses %#", (call, argument, code) => {
  expect(refusal(call)).toMatchObject({ argument, code });
});
