// Max unpooling and the gradients of max pooling with indices of any cells: their windows' own, others of the plane, others of the tensor,
// the same for many windows, and none.
import { describe, expect, it } from "vitest";
import { gamma } from "../../src/base/arithmetic.ts";
import type { TensorDtype } from "../../src/base/dtype.ts";
import { elementCount } from "../../src/base/shape.ts";
import { adaptiveMaxPoolBackward, maxPoolBackward, maxUnpool, maxUnpoolBackward } from "../../src/ops/index.ts";
import * as reference from "../../src/reference.ts";
import { generator } from "../suite/random.ts";
import { poisonedEngine } from "./poison.ts";
import { type OperationCase, magnitudes, testOperations } from "./suite.ts";
import { inLayout } from "./windows.ts";

interface Choice {
  readonly name: string;
  readonly dtype: "u32" | "f32";
  readonly indexing: "plane" | "tensor";
  /** The index of a window, given a random number from 0 to before the number of cells that are counted. */
  readonly index: (cell: number, window: number) => number;
}

const CHOICES: readonly Choice[] = [
  { name: "any cell of the plane", dtype: "u32", indexing: "plane", index: (cell) => cell },
  { name: "any cell of the plane, as floats", dtype: "f32", indexing: "plane", index: (cell) => cell },
  { name: "any cell of the tensor", dtype: "u32", indexing: "tensor", index: (cell) => cell },
  // More windows than the longest list that is sorted.
  { name: "two cells", dtype: "u32", indexing: "plane", index: (_, window) => (window % 3 === 0 ? 5 : 8) },
  {
    name: "cells of the tensor and none",
    dtype: "f32",
    indexing: "tensor",
    index: (cell, at) => [cell, -1, 0.5, 1e9][at % 4]!,
  },
];

const MAPS = [
  { name: "2x2", once: true, shape: [2, 4, 8, 10], options: { kernelSize: 2 } },
  { name: "overlapping", shape: [1, 3, 9, 11], options: { kernelSize: 3, stride: 2, padding: 1 } },
  {
    name: "3-D, dilated",
    once: true,
    shape: [1, 2, 5, 5, 6],
    options: { kernelSize: [2, 2, 3], stride: 1, dilation: [1, 2, 1] },
  },
  // Too many windows around a cell to gather from.
  { name: "many windows around a cell", shape: [1, 2, 13, 14], options: { kernelSize: 9, stride: 1, padding: 4 } },
  // So few windows that they write the cells.
  { name: "large strides", shape: [2, 3, 13, 16], options: { kernelSize: 6, stride: 5 } },
];

/** All choices on most maps, the first one on the others. */
const cases = MAPS.flatMap(({ name, once, shape, options }) =>
  CHOICES.slice(0, once ? 1 : undefined).flatMap(({ name: choice, dtype, indexing, index }): OperationCase<never>[] => {
    const zeros = { data: new Float64Array(elementCount(shape)), shape };
    const pooled = reference.maxPool(zeros, options).shape;
    const counted = elementCount(indexing === "tensor" ? shape : shape.slice(2));
    const values = (count: number, seed: number) => {
      const next = generator(seed);
      return Array.from({ length: count }, (_, at) => index(next() % counted, at));
    };
    const indices = { shape: pooled, values, dtype } as const;
    const more = { ...options, indexing };
    const sized = (layout: Parameters<typeof inLayout>[1]) => inLayout(shape, layout);
    const unpool: OperationCase<"x" | "indices"> = {
      name: `unpooling ${choice}, ${name}`,
      inputs: { x: { shape: pooled }, indices },
      run: ({ x, indices: at }, layout) => ({ y: maxUnpool(x, at, { ...more, outputShape: sized(layout) }) }),
      reference: ({ x, indices: at }, layout) => ({
        y: reference.maxUnpool(x, at, { ...more, layout, outputShape: sized(layout) }),
      }),
      bound: () => ({ y: () => 0 }),
    };
    const unpoolBackward: OperationCase<"dy" | "indices"> = {
      name: `gradient of unpooling ${choice}, ${name}`,
      inputs: { dy: { shape }, indices },
      run: ({ dy, indices: at }) => ({ dx: maxUnpoolBackward(dy, at, more) }),
      reference: ({ dy, indices: at }, layout) => ({ dx: reference.maxUnpoolBackward(dy, at, { ...more, layout }) }),
      bound: () => ({ dx: () => 0 }),
    };
    const poolBackward: OperationCase<"dy" | "indices"> = {
      name: `gradient of pooling ${choice}, ${name}`,
      inputs: { dy: { shape: pooled }, indices },
      run: ({ dy, indices: at }, layout) => ({ dx: maxPoolBackward(dy, at, { ...more, inputShape: sized(layout) }) }),
      reference: ({ dy, indices: at }, layout) => ({
        dx: reference.maxPoolBackward(dy, at, { ...more, layout, inputShape: sized(layout) }),
      }),
      // Sums of at most all windows.
      bound: ({ dy, indices: at }, layout) => {
        const all = { ...more, layout, inputShape: sized(layout) };
        const { data } = reference.maxPoolBackward(magnitudes(dy), at, all);
        return { dx: (place) => gamma(elementCount(pooled)) * data[place]! };
      },
    };
    return [unpool, unpoolBackward, poolBackward];
  }),
);

testOperations(cases);

const engine = poisonedEngine();

describe("indices outside their windows", () => {
  const indices = (dtype: "u32" | "f32") =>
    engine().tensor<TensorDtype>([15, 8, 2, 5], [1, 1, 2, 2], { dtype }) as never;
  const at = (values: Record<number, number>): number[] => Array.from({ length: 16 }, (_, cell) => values[cell] ?? 0);

  it.each(["u32", "f32"] as const)("are places of values, as %s", async (dtype) => {
    const x = engine().tensor([1, 2, 3, 4], [1, 1, 2, 2]);
    const windows = { kernelSize: 2 };
    const y = maxUnpool(x, indices(dtype), windows);
    expect([...(await y.read())]).toEqual(at({ 15: 1, 8: 2, 2: 3, 5: 4 }));
    const dx = maxPoolBackward(x, indices(dtype), { ...windows, inputShape: [1, 1, 4, 4] });
    expect([...(await dx.read())]).toEqual(at({ 15: 1, 8: 2, 2: 3, 5: 4 }));
    const bins = adaptiveMaxPoolBackward(x, indices(dtype), { outputSize: 2, inputShape: [1, 1, 4, 4] });
    expect([...(await bins.read())]).toEqual(at({ 15: 1, 8: 2, 2: 3, 5: 4 }));
    const dy = engine().tensor(
      Array.from({ length: 16 }, (_, cell) => cell),
      [1, 1, 4, 4],
    );
    expect([...(await maxUnpoolBackward(dy, indices(dtype), windows).read())]).toEqual([15, 8, 2, 5]);
  });

  // Padded, wide windows begin before the map; cells of the next row follow those of the last column.
  it.each([
    { kernelSize: 2 },
    { kernelSize: 3, stride: 1, padding: 1 },
    { kernelSize: 3, stride: 2, padding: 1 },
    { kernelSize: 2, stride: 1, dilation: 2 },
  ])("are noticed where a single one is: $kernelSize, $stride, $padding, $dilation", async (windows) => {
    const shape = [1, 2, 4, 4];
    const data = new Float64Array(elementCount(shape)).map((_, cell) => (cell * 7) % 5);
    const options = { ...windows, indexing: "tensor" as const };
    const { y, ...maxima } = reference.maxPoolWithIndices({ data, shape }, options);
    const x = engine().tensor([...y.data], y.shape);
    for (let window = -1; window < y.data.length; window++) {
      const named = maxima.indices.data.map((cell, one) => (one === window ? (cell + 7) % data.length : cell));
      const given = engine().tensor<TensorDtype>([...named], y.shape, { dtype: "u32" }) as never;
      const expected = reference.maxUnpool(y, { data: named, shape: y.shape }, { ...options, outputShape: shape });
      const found = maxUnpool(x, given, { ...options, outputShape: shape });
      expect([...(await found.read())], `window ${window}`).toEqual([...expected.data]);
    }
  });
});
