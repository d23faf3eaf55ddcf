// Adaptive and global pooling against the reference.
import { gamma } from "../../src/base/arithmetic.ts";
import { elementCount } from "../../src/base/shape.ts";
import * as operations from "../../src/ops/index.ts";
import * as reference from "../../src/reference.ts";
import { integers } from "../suite/random.ts";
import { ADAPTIVE_MAPS } from "./adaptive-maps.ts";
import { type OperationCase, magnitudes, testOperations } from "./suite.ts";
import { inLayout } from "./windows.ts";

/** Few different numbers, so that bins have several largest cells. */
const ties = (count: number, seed: number): Float32Array => integers(count, seed, 2);

const adaptive = ADAPTIVE_MAPS.flatMap(({ name, shape, outputSize }): OperationCase<never>[] => {
  const options = { outputSize };
  const zeros = { data: new Float64Array(elementCount(shape)), shape };
  const output = reference.adaptiveAveragePool(zeros, options).shape;
  const cells = elementCount(shape.slice(2));
  const bins = elementCount(output.slice(2));
  const average: OperationCase<"x"> = {
    name: `average, ${name}`,
    inputs: { x: { shape } },
    run: ({ x }) => ({ y: operations.adaptiveAveragePool(x, options) }),
    reference: ({ x }, layout) => ({ y: reference.adaptiveAveragePool(x, { ...options, layout }) }),
    // Additions in any order, and a division accurate to 2.5 ULP (WGSL's table of accuracies), 5 u.
    bound: ({ x }, layout) => {
      const sizes = reference.adaptiveAveragePool(magnitudes(x), { ...options, layout }).data;
      return { y: (place) => gamma(cells + 5) * sizes[place]! };
    },
  };
  const averageBackward: OperationCase<"dy"> = {
    name: `gradient of average, ${name}`,
    inputs: { dy: { shape: output } },
    run: ({ dy }, layout) => ({
      dx: operations.adaptiveAveragePoolBackward(dy, { ...options, inputShape: inLayout(shape, layout) }),
    }),
    reference: ({ dy }, layout) => ({
      dx: reference.adaptiveAveragePoolBackward(dy, { ...options, layout, inputShape: inLayout(shape, layout) }),
    }),
    // Sums of at most all bins, and two divisions.
    bound: ({ dy }, layout) => {
      const all = { ...options, layout, inputShape: inLayout(shape, layout) };
      const sizes = reference.adaptiveAveragePoolBackward(magnitudes(dy), all).data;
      return { dx: (place) => gamma(bins + 10) * sizes[place]! };
    },
  };
  const max: OperationCase<"x"> = {
    name: `max, ${name}`,
    inputs: { x: { shape, values: ties } },
    run: ({ x }) => ({
      alone: operations.adaptiveMaxPool(x, options),
      ...operations.adaptiveMaxPoolWithIndices(x, options),
    }),
    reference: ({ x }, layout) => ({
      alone: reference.adaptiveMaxPool(x, { ...options, layout }),
      ...reference.adaptiveMaxPoolWithIndices(x, { ...options, layout }),
    }),
    bound: () => ({ alone: () => 0, y: () => 0, indices: () => 0 }),
  };
  const maxBackward: OperationCase<"x" | "dy"> = {
    name: `gradient of max, ${name}`,
    inputs: { x: { shape, values: ties }, dy: { shape: output } },
    run: ({ x, dy }, layout) => {
      const { y, indices } = operations.adaptiveMaxPoolWithIndices(x, options);
      const dx = operations.adaptiveMaxPoolBackward(dy, indices, { ...options, inputShape: inLayout(shape, layout) });
      for (const tensor of [y, indices]) tensor.destroy();
      return { dx };
    },
    reference: ({ x, dy }, layout) => {
      const { indices } = reference.adaptiveMaxPoolWithIndices(x, { ...options, layout });
      const all = { ...options, layout, inputShape: inLayout(shape, layout) };
      return { dx: reference.adaptiveMaxPoolBackward(dy, indices, all) };
    },
    bound: ({ x, dy }, layout) => {
      const { indices } = reference.adaptiveMaxPoolWithIndices(x, { ...options, layout });
      const all = { ...options, layout, inputShape: inLayout(shape, layout) };
      const sizes = reference.adaptiveMaxPoolBackward(magnitudes(dy), indices, all).data;
      return { dx: (place) => gamma(bins) * sizes[place]! };
    },
  };
  return [average, averageBackward, max, maxBackward];
});

const GLOBAL = [2, 5, 6, 7];
const global: OperationCase<"x" | "dy"> = {
  name: "global",
  // Integers: their sums are exact, and only the division errs.
  inputs: { x: { shape: GLOBAL, values: ties }, dy: { shape: [2, 5, 1, 1], values: ties } },
  run: ({ x, dy }, layout) => ({
    average: operations.globalAveragePool(x),
    max: operations.globalMaxPool(x),
    dx: operations.globalAveragePoolBackward(dy, { inputShape: inLayout(GLOBAL, layout) }),
  }),
  reference: ({ x, dy }, layout) => ({
    average: reference.globalAveragePool(x, { layout }),
    max: reference.globalMaxPool(x, { layout }),
    dx: reference.globalAveragePoolBackward(dy, { layout, inputShape: inLayout(GLOBAL, layout) }),
  }),
  bound: () => {
    const division = (_: number, expected: number): number => gamma(5) * Math.abs(expected);
    return { average: division, max: () => 0, dx: division };
  },
};

testOperations([...adaptive, global]);
