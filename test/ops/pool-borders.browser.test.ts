// Pooling beyond and inside the border: windows that see only padding, negative padding, which removes cells, empty batches, channels and
// axes, and the windows of Lp pooling that the end cuts off.
import { expect, it } from "vitest";
import { gamma } from "../../src/base/arithmetic.ts";
import { elementCount } from "../../src/base/shape.ts";
import type { Tensor } from "../../src/index.ts";
import * as operations from "../../src/ops/index.ts";
import * as reference from "../../src/reference.ts";
import { integers } from "../suite/random.ts";
import { poisonedEngine } from "./poison.ts";
import { type OperationCase, magnitudes, testOperations } from "./suite.ts";
import { type PooledMap, inLayout } from "./windows.ts";

/** Small integers, whose sums are exact. */
const small = (count: number, seed: number): Float32Array => integers(count, seed, 3);

const REMOVED: readonly PooledMap[] = [
  { name: "2x2 of a map without its border", shape: [1, 4, 8, 10], options: { kernelSize: 2, padding: -1 } },
  {
    name: "3x3 at stride 2, cells removed and added",
    shape: [2, 3, 9, 12],
    options: {
      kernelSize: 3,
      stride: 2,
      padding: [
        [-2, 1],
        [1, -3],
      ],
    },
  },
  {
    name: "dilated, cells removed",
    shape: [1, 2, 11, 9],
    options: {
      kernelSize: [2, 3],
      stride: 1,
      dilation: [3, 2],
      padding: [
        [-1, -2],
        [2, -1],
      ],
    },
  },
  {
    name: "9x9, cells removed and added",
    shape: [1, 2, 20, 23],
    options: {
      kernelSize: 9,
      stride: 1,
      padding: [
        [-3, 4],
        [2, -1],
      ],
    },
  },
];

const ADDED: readonly PooledMap[] = [
  {
    name: "2x3 with a border wider than the window",
    shape: [1, 3, 4, 5],
    options: { kernelSize: [2, 3], stride: 1, padding: 4 },
  },
  {
    name: "10x9 with a border wider than the window",
    shape: [1, 2, 9, 8],
    options: { kernelSize: [10, 9], stride: 1, padding: 12 },
  },
  {
    name: "taps on either side of the map",
    shape: [1, 2, 3, 2],
    options: { kernelSize: 2, stride: 1, dilation: 5, padding: 4 },
  },
];

const cases = [...REMOVED, ...ADDED].flatMap(({ name, shape, options }): OperationCase<never>[] => {
  const indexed = REMOVED.some((one) => one.name === name);
  const output = reference.maxPool({ data: new Float64Array(elementCount(shape)), shape }, options).shape;
  const sized = (layout: Parameters<typeof inLayout>[1]) => inLayout(shape, layout);
  const forward: OperationCase<"x"> = {
    name,
    inputs: { x: { shape, values: small } },
    run: ({ x }) => ({
      max: operations.maxPool(x, options),
      average: operations.averagePool(x, options),
      sum: operations.sumPool(x, options),
      lp: operations.lpPool(x, { ...options, norm: 1, abs: true }),
      ...(indexed && operations.maxPoolWithIndices(x, options)),
      ...(indexed && { gaussian: operations.gaussianPool(x, { ...options, sigma: 1 }) }),
    }),
    reference: ({ x }, layout) => ({
      max: reference.maxPool(x, { ...options, layout }),
      average: reference.averagePool(x, { ...options, layout }),
      sum: reference.sumPool(x, { ...options, layout }),
      lp: reference.lpPool(x, { ...options, layout, norm: 1, abs: true }),
      ...(indexed && reference.maxPoolWithIndices(x, { ...options, layout })),
      ...(indexed && { gaussian: reference.gaussianPool(x, { ...options, layout, sigma: 1 }) }),
    }),
    // One division. A Gaussian mean has a sum of at most 100 terms, and exponentials of at most 2^-17 each (gaussian-pool.browser.test.ts).
    bound: ({ x }, layout) => {
      const none = () => 0;
      const sizes = indexed ? reference.gaussianPool(magnitudes(x), { ...options, layout, sigma: 1 }).data : [];
      return {
        ...{ max: none, sum: none, lp: none, y: none, indices: none },
        average: (_, expected) => gamma(5) * Math.abs(expected),
        gaussian: (at) => (gamma(200) + 2 ** -16) * sizes[at]!,
      };
    },
  };
  const backward: OperationCase<"dy" | "x"> = {
    name: `gradients of ${name}`,
    inputs: { dy: { shape: output, values: small }, x: { shape, values: small } },
    run: ({ dy, x }, layout): Readonly<Record<string, Tensor>> => {
      const own = { ...options, inputShape: sized(layout) };
      const sum = operations.sumPoolBackward(dy, own);
      if (!indexed) return { sum };
      const { y, indices } = operations.maxPoolWithIndices(x, options);
      const max = operations.maxPoolBackward(dy, indices, own);
      for (const tensor of [y, indices]) tensor.destroy();
      return { sum, max };
    },
    reference: ({ dy, x }, layout): Readonly<Record<string, reference.NdArray>> => {
      const own = { ...options, layout, inputShape: sized(layout) };
      const sum = reference.sumPoolBackward(dy, own);
      if (!indexed) return { sum };
      const { indices } = reference.maxPoolWithIndices(x, { ...options, layout });
      return { sum, max: reference.maxPoolBackward(dy, indices, own) };
    },
    bound: () => ({ sum: () => 0, max: () => 0 }),
  };
  return [forward, backward];
});

const CUT = { kernelSize: 2, stride: 2, ceilMode: true, norm: 1, abs: true };
const cut: OperationCase<"x" | "dy" | "y"> = {
  name: "Lp windows that are cut off, as they are and as whole ones",
  inputs: {
    x: { shape: [1, 3, 5, 7], values: small },
    dy: { shape: [1, 3, 3, 4], values: small },
    y: { shape: [1, 3, 3, 4] },
  },
  run: ({ x, dy, y }) => ({
    cut: operations.lpPool(x, { ...CUT, scaleCut: false }),
    whole: operations.lpPool(x, { ...CUT, scaleCut: true }),
    dcut: operations.lpPoolBackward(dy, x, y, { ...CUT, scaleCut: false }),
  }),
  reference: ({ x, dy, y }, layout) => ({
    cut: reference.lpPool(x, { ...CUT, layout, scaleCut: false }),
    whole: reference.lpPool(x, { ...CUT, layout }),
    dcut: reference.lpPoolBackward(dy, x, y, { ...CUT, layout, scaleCut: false }),
  }),
  bound: () => ({ cut: () => 0, whole: (_, expected) => gamma(6) * Math.abs(expected), dcut: () => 0 }),
};

testOperations([...cases, cut]);

const engine = poisonedEngine();

it.each([[[0, 3, 4, 4]], [[2, 0, 4, 4]]])("pools a map %j without elements, and its gradient", async (shape) => {
  const x = engine().empty(shape);
  const windows = { kernelSize: 2 };
  const { y, indices } = operations.maxPoolWithIndices(x, windows);
  const pooled = [shape[0]!, shape[1]!, 2, 2];
  const results = [
    operations.maxPool(x, windows),
    operations.averagePool(x, windows),
    operations.adaptiveMaxPool(x, { outputSize: 2 }),
    y,
  ];
  for (const one of results) expect(one.shape).toEqual(pooled);
  const gradients = [
    operations.averagePoolBackward(y, { ...windows, inputShape: shape }),
    operations.maxPoolBackward(y, indices, { ...windows, inputShape: shape }),
    operations.maxUnpool(y, indices, windows),
  ];
  for (const one of gradients) expect(one.shape).toEqual(shape);
  expect(await indices.read()).toEqual(new Uint32Array(0));
});

it("pools the padding around no cells", async () => {
  const x = engine().empty([1, 2, 0]);
  const windows = { kernelSize: 2, stride: 1, padding: 2 };
  expect([...(await operations.sumPool(x, windows).read())]).toEqual([0, 0, 0, 0, 0, 0]);
  expect([...(await operations.maxPool(x, windows).read())]).toEqual(Array.from({ length: 6 }, () => -Infinity));
});
