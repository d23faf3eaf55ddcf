// Average and sum pooling against the reference.
import { gamma } from "../../src/base/arithmetic.ts";
import { elementCount } from "../../src/base/shape.ts";
import type { AveragePoolOptions } from "../../src/ops/average-pool/geometry.ts";
import { averagePool, averagePoolBackward, sumPool, sumPoolBackward } from "../../src/ops/index.ts";
import * as reference from "../../src/reference.ts";
import { integers } from "../suite/random.ts";
import { type OperationCase, magnitudes, testOperations } from "./suite.ts";
import { POOLED_MAPS, inLayout } from "./windows.ts";

/** Divisors, which take turns over the maps. */
const DIVISIONS: readonly { name: string; options: Partial<AveragePoolOptions> }[] = [
  { name: "padding counted", options: {} },
  { name: "padding left out", options: { includePadding: false } },
  { name: "summed", options: { divisor: 1 } },
];

const zeros = (shape: readonly number[]) => ({ data: new Float64Array(elementCount(shape)), shape });

const cases = POOLED_MAPS.flatMap(({ name, shape, options }, at): OperationCase<never>[] => {
  const division = DIVISIONS[at % DIVISIONS.length]!;
  const all: AveragePoolOptions = { ...options, ...division.options };
  const output = reference.averagePool(zeros(shape), all).shape;
  // No sum has more terms than the largest window has cells.
  const terms = 18;
  const forward: OperationCase<"x"> = {
    name: `${name}, ${division.name}`,
    inputs: { x: { shape } },
    run: ({ x }) => ({ y: averagePool(x, all) }),
    reference: ({ x }, layout) => ({ y: reference.averagePool(x, { ...all, layout }) }),
    // Additions, and a division accurate to 2.5 ULP (WGSL's table of accuracies), 5 u.
    bound: ({ x }, layout) => {
      const sizes = reference.averagePool(magnitudes(x), { ...all, layout }).data;
      return { y: (place) => gamma(terms + 5) * sizes[place]! };
    },
  };
  const backward: OperationCase<"dy"> = {
    name: `gradient of ${name}, ${division.name}`,
    inputs: { dy: { shape: output } },
    run: ({ dy }, layout) => ({
      dx: averagePoolBackward(dy, { ...all, inputShape: inLayout(shape, layout) }),
    }),
    reference: ({ dy }, layout) => ({
      dx: reference.averagePoolBackward(dy, { ...all, layout, inputShape: inLayout(shape, layout) }),
    }),
    bound: ({ dy }, layout) => {
      const sizes = reference.averagePoolBackward(magnitudes(dy), {
        ...all,
        layout,
        inputShape: inLayout(shape, layout),
      }).data;
      return { dx: (place) => gamma(terms + 5) * sizes[place]! };
    },
  };
  return [forward, backward];
});

const shape = [1, 3, 6, 7];
const windows = { kernelSize: 3, stride: 2, padding: 1 };
const sums: OperationCase<"x" | "dy"> = {
  name: "sumPool",
  // Integers, whose sums are exact.
  inputs: {
    x: { shape, values: (count, seed) => integers(count, seed, 8) },
    dy: { shape: [1, 3, 3, 4], values: (count, seed) => integers(count, seed, 8) },
  },
  run: ({ x, dy }, layout) => ({
    y: sumPool(x, windows),
    dx: sumPoolBackward(dy, { ...windows, inputShape: inLayout(shape, layout) }),
  }),
  reference: ({ x, dy }, layout) => ({
    y: reference.sumPool(x, { ...windows, layout }),
    dx: reference.sumPoolBackward(dy, { ...windows, layout, inputShape: inLayout(shape, layout) }),
  }),
  // The division by 1 may err by 2.5 ULP (WGSL's table of accuracies), 5 u.
  bound: () => ({ y: (_, sum) => gamma(5) * Math.abs(sum), dx: (_, sum) => gamma(5) * Math.abs(sum) }),
};

testOperations([...cases, sums]);
