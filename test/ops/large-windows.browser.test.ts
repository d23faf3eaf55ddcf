// Pooling by windows so large that it runs along one axis after the other, and the gradients of its sums: every form of windows, as for small
// ones (windows.ts), by the reference.
import { gamma } from "../../src/base/arithmetic.ts";
import { elementCount } from "../../src/base/shape.ts";
import * as operations from "../../src/ops/index.ts";
import * as reference from "../../src/reference.ts";
import { integers } from "../suite/random.ts";
import { type OperationCase, magnitudes, testOperations } from "./suite.ts";
import { type PooledMap, inLayout } from "./windows.ts";

const MAPS: readonly PooledMap[] = [
  { name: "1-D, 40 cells at stride 1", shape: [1, 3, 100], options: { kernelSize: 40, stride: 1, padding: 7 } },
  { name: "9x9, same", shape: [1, 4, 20, 23], options: { kernelSize: 9, stride: 1, padding: "same" } },
  {
    name: "11x1 and 1x8 at once",
    shape: [2, 2, 19, 21],
    options: { kernelSize: [11, 8], stride: [1, 2], padding: [5, 3] },
  },
  {
    name: "8x10 at stride 3x2, padded unevenly, ceil",
    shape: [1, 2, 22, 25],
    options: {
      kernelSize: [8, 10],
      stride: [3, 2],
      padding: [
        [3, 0],
        [1, 4],
      ],
      ceilMode: true,
    },
  },
  {
    name: "7x8 dilated 2x3 at stride 1x2",
    shape: [1, 4, 17, 30],
    options: { kernelSize: [7, 8], stride: [1, 2], dilation: [2, 3], padding: [4, 6] },
  },
  { name: "along the height alone", shape: [1, 3, 40, 6], options: { kernelSize: [15, 1], stride: 1 } },
  {
    name: "3-D, 5x6x5",
    shape: [1, 2, 9, 10, 8],
    options: { kernelSize: [5, 6, 5], stride: 1, padding: 2 },
  },
];

const ties = (count: number, seed: number): Float32Array => integers(count, seed, 3);

const cases = MAPS.flatMap(({ name, shape, options }): OperationCase<never>[] => {
  const zeros = { data: new Float64Array(elementCount(shape)), shape };
  const output = reference.maxPool(zeros, options).shape;
  const terms = 3 * Math.max(...shape);
  const average = { ...options, includePadding: false };
  const sized = (layout: Parameters<typeof inLayout>[1]) => inLayout(shape, layout);
  const forward: OperationCase<"x"> = {
    name,
    inputs: { x: { shape } },
    run: ({ x }) => ({
      max: operations.maxPool(x, options),
      padded: operations.averagePool(x, options),
      average: operations.averagePool(x, average),
      lp: operations.lpPool(x, { ...options, norm: 2 }),
    }),
    reference: ({ x }, layout) => ({
      max: reference.maxPool(x, { ...options, layout }),
      padded: reference.averagePool(x, { ...options, layout }),
      average: reference.averagePool(x, { ...average, layout }),
      lp: reference.lpPool(x, { ...options, layout, norm: 2 }),
    }),
    // Sums of prefixes and suffixes along each axis, a division; half the error of the squares' sum, and a root.
    bound: ({ x }, layout) => {
      const [padded, means] = [options, average].map(
        (all) => reference.averagePool(magnitudes(x), { ...all, layout }).data,
      );
      return {
        max: () => 0,
        padded: (at) => gamma(terms) * padded![at]!,
        average: (at) => gamma(terms) * means![at]!,
        lp: (_, expected) => gamma(terms) * expected,
      };
    },
  };
  const indexed: OperationCase<"x"> = {
    name: `indices of ${name}`,
    inputs: { x: { shape, values: ties } },
    run: ({ x }) => ({
      ...operations.maxPoolWithIndices(x, options),
      counted: operations.maxPoolWithIndices(x, { ...options, indexing: "tensor" }).indices,
    }),
    reference: ({ x }, layout) => ({
      ...reference.maxPoolWithIndices(x, { ...options, layout }),
      counted: reference.maxPoolWithIndices(x, { ...options, layout, indexing: "tensor" }).indices,
    }),
    bound: () => ({ y: () => 0, indices: () => 0, counted: () => 0 }),
  };
  const backward: OperationCase<"dy" | "x"> = {
    name: `gradients of ${name}`,
    inputs: { dy: { shape: output }, x: { shape } },
    run: ({ dy, x }, layout) => {
      const y = operations.lpPool(x, { ...options, norm: 2 });
      const lp = operations.lpPoolBackward(dy, x, y, { ...options, norm: 2 });
      y.destroy();
      return {
        sum: operations.sumPoolBackward(dy, { ...options, inputShape: sized(layout) }),
        average: operations.averagePoolBackward(dy, { ...average, inputShape: sized(layout) }),
        lp,
      };
    },
    reference: ({ dy, x }, layout) => {
      const y = reference.lpPool(x, { ...options, layout, norm: 2 });
      return {
        sum: reference.sumPoolBackward(dy, { ...options, layout, inputShape: sized(layout) }),
        average: reference.averagePoolBackward(dy, { ...average, layout, inputShape: sized(layout) }),
        lp: reference.lpPoolBackward(dy, x, y, { ...options, layout, norm: 2 }),
      };
    },
    // The terms, a division, and for lp the root, which is stored in the element type, and a product.
    bound: ({ dy, x }, layout, dtype) => {
      const sizes = magnitudes(dy);
      const sums = reference.sumPoolBackward(sizes, { ...options, layout, inputShape: sized(layout) }).data;
      const means = reference.averagePoolBackward(sizes, { ...average, layout, inputShape: sized(layout) }).data;
      const y = reference.lpPool(x, { ...options, layout, norm: 2 });
      const products = reference.lpPoolBackward(sizes, magnitudes(x), y, { ...options, layout, norm: 2 }).data;
      const stored = dtype === "f16" ? 2 ** -10 : 0;
      return {
        sum: (at) => gamma(terms) * sums[at]!,
        average: (at) => gamma(terms) * means[at]!,
        lp: (at) => (2 * gamma(terms) + stored) * products[at]!,
      };
    },
  };
  return [forward, indexed, backward];
});

testOperations(cases);
