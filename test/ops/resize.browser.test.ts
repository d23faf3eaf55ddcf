// Resizing against the reference, and what only large maps show.
import { afterAll, beforeAll, expect, it } from "vitest";
import { gamma } from "../../src/base/arithmetic.ts";
import { elementCount } from "../../src/base/shape.ts";
import { type Engine, createEngine } from "../../src/index.ts";
import { resize, resizeBackward, upsample, upsampleBackward } from "../../src/ops/index.ts";
import type { ResizeOptions } from "../../src/ops/resize/geometry.ts";
import * as reference from "../../src/reference.ts";
import { RESIZED_MAPS } from "./resized-maps.ts";
import { type OperationCase, testOperations } from "./suite.ts";
import { inLayout } from "./windows.ts";

/**
 * Roundings by which a weight errs, relative to 1. Linear: the fraction of a place, its distance from a tap and that times the factor of
 * antialiasing, which is at most 1, and the difference from 1. Cubic: Keys' kernel has slopes of at most 2.5, by 3 roundings of at most 2,
 * and 7 roundings of its own, whose terms are at most 4. Division by the sum of the weights, at least 1/2, of at most 14 taps here: the sum
 * errs by 14 such errors and 13 roundings, but is as many times as large as antialiasing divides each weight, at least 14/5.
 */
function weightRoundings({ mode, antialias, excludeOutside }: ResizeOptions): number {
  if (mode === undefined || mode === "nearest") return 0;
  const weight = mode === "linear" ? 4 : 2.5 * 6 + 7 * 4;
  return antialias || excludeOutside ? 2 * weight + 5 * weight + 13 + 1 : weight;
}

const resizings = RESIZED_MAPS.flatMap(({ name, shape, options }): OperationCase<never>[] => {
  const output = reference.resize({ data: new Float64Array(elementCount(shape)), shape }, options).shape;
  const spatial = shape.slice(2);
  const weights = weightRoundings(options);
  // Sums of weights are at most 1.5 along an axis, of |Keys' kernel|. Every axis errs by the weights, the products and the sum.
  const roundings = weights && 1.5 ** spatial.length * spatial.length * (14 * weights + 15);
  const forward: OperationCase<"x"> = {
    name,
    inputs: { x: { shape } },
    run: ({ x }) => ({ y: resize(x, options) }),
    reference: ({ x }, layout) => ({ y: reference.resize(x, { ...options, layout }) }),
    // No cell is larger than 1, and no axis has more than 14 taps.
    bound: () => ({ y: (_, expected) => gamma(roundings) + gamma(4) * Math.abs(expected) }),
  };
  const inputShape = (layout: "channels-first" | "channels-last") => inLayout(shape, layout);
  const backward: OperationCase<"dy"> = {
    name: `gradient of ${name}`,
    inputs: { dy: { shape: output } },
    run: ({ dy }, layout) => ({ dx: resizeBackward(dy, { ...options, inputShape: inputShape(layout) }) }),
    reference: ({ dy }, layout) => ({
      dx: reference.resizeBackward(dy, { ...options, layout, inputShape: inputShape(layout) }),
    }),
    // As many outputs have a cell as there are within two cells of it, or the size of the kernel if that is widened.
    bound: () => {
      const outputs = spatial.map((cells, axis) => {
        const { roi } = options;
        const shown = roi ? Math.min(Math.abs(roi[axis + spatial.length]! - roi[axis]!), 1) : 1;
        const growth = output[axis + 2]! / cells / shown;
        return Math.min(4 * Math.max(growth, 1) + 2, output[axis + 2]!);
      });
      const all = elementCount(outputs);
      return { dx: () => all * gamma((roundings || 1) + all) };
    },
  };
  return [forward, backward];
});

testOperations(resizings);

let engine: Engine;
beforeAll(async () => void (engine = await createEngine({ tuning: "forget" })));
afterAll(() => engine.destroy());

const along = (cells: number): Float32Array => Float32Array.from({ length: cells }, (_, at) => at);

it.each([
  [441_001, 480_000],
  [131_071, 131_073],
  [1_048_573, 1_048_575],
  [480_000, 441_001],
])("finds nearest cells of %d for %d exactly, and the outputs of each", async (cells, outputs) => {
  const x = engine.tensor(along(cells), [1, 1, cells]);
  const y = upsample(x, { outputSize: outputs });
  const values = await y.read();
  const place = (at: number): number => {
    const whole = Math.floor((at * cells) / outputs);
    // Whole numbers below 2^53 are exact, and so is what is left.
    return whole * outputs > at * cells ? whole - 1 : whole;
  };
  expect(values.findIndex((value, at) => value !== place(at))).toBe(-1);
  const ones = engine.tensor(new Float32Array(outputs).fill(1), [1, 1, outputs]);
  const dx = upsampleBackward(ones, { outputSize: outputs, inputShape: [1, 1, cells] });
  const counts = new Float32Array(cells);
  for (const value of values) counts[value]!++;
  const got = await dx.read();
  expect(got.findIndex((count, at) => count !== counts[at])).toBe(-1);
  for (const tensor of [x, y, ones, dx]) tensor.destroy();
});

it("interpolates long lines with exact places", async () => {
  const [cells, outputs] = [441_001, 480_000];
  const x = engine.tensor(
    along(cells).map((at) => at % 2),
    [1, 1, cells],
  );
  const y = resize(x, { outputSize: outputs, mode: "linear" });
  const values = await y.read();
  const off = values.findIndex((value, at) => {
    const place = Math.min(Math.max(((2 * at + 1) * cells - outputs) / (2 * outputs), 0), cells - 1);
    const fraction = place % 1;
    const wanted = Math.floor(place) % 2 === 0 ? fraction : 1 - fraction;
    // The double of the place errs by 2^-34 here.
    return !(Math.abs(value - wanted) <= 2 ** -22);
  });
  expect(off).toBe(-1);
  for (const tensor of [x, y]) tensor.destroy();
});

it("keeps NaN and infinity from outputs that have no weight of them", async () => {
  const x = engine.tensor([0, Number.NaN, 2, 3, Infinity, 5], [1, 1, 6]);
  const y = resize(x, { outputSize: 11, mode: "linear", coordinates: "align-corners" });
  const got = [...(await y.read())];
  expect(got).toEqual([0, Number.NaN, Number.NaN, Number.NaN, 2, 2.5, 3, Infinity, Infinity, Infinity, 5]);
  const dy = engine.tensor([1, 1, Number.NaN, 1, 1], [1, 1, 5]);
  const dx = resizeBackward(dy, {
    ...{ outputSize: 5, mode: "linear", coordinates: "align-corners" },
    inputShape: [1, 1, 3],
  });
  expect([...(await dx.read())]).toEqual([1.5, Number.NaN, 1.5]);
  for (const tensor of [x, y, dy, dx]) tensor.destroy();
});

it("has empty results of no images and no channels", () => {
  for (const shape of [
    [0, 2, 3],
    [2, 0, 3],
  ] as const) {
    const x = engine.empty(shape);
    const y = resize(x, { scale: 1.5, mode: "cubic" });
    expect(y.shape).toEqual([shape[0], shape[1], 4]);
    const dx = resizeBackward(y, { scale: 1.5, mode: "cubic", inputShape: shape });
    expect(dx.shape).toEqual(shape);
    for (const tensor of [x, y, dx]) tensor.destroy();
  }
});
