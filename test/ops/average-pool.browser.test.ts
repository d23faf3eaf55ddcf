// Average and sum pooling against the reference.
import { gamma } from "../../src/base/arithmetic.ts";
import { elementCount } from "../../src/base/shape.ts";
import type { AveragePoolOptions } from "../../src/ops/average-pool/geometry.ts";
import { averagePool, averagePoolBackward, sumPool, sumPoolBackward } from "../../src/ops/index.ts";
import type { WindowOptions } from "../../src/ops/shared/geometry/windows.ts";
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

/** Sums of integers, which are exact. */
const SUMS: readonly { name: string; shape: readonly number[]; windows: WindowOptions }[] = [
  { name: "", shape: [1, 3, 6, 7], windows: { kernelSize: 3, stride: 2, padding: 1 } },
  { name: ", as many cells as are unrolled", shape: [1, 3, 11, 13], windows: { kernelSize: 5, padding: 1 } },
  { name: ", more cells than are unrolled", shape: [1, 3, 13, 14], windows: { kernelSize: 6, padding: 1 } },
  { name: ", large windows that cover the map", shape: [2, 3, 10, 12], windows: { kernelSize: [5, 4] } },
  { name: ", the whole map", shape: [2, 4, 5, 7], windows: { kernelSize: [5, 7] } },
  { name: ", a whole map of three axes", shape: [2, 3, 2, 5, 7], windows: { kernelSize: [2, 5, 7] } },
  // As many as one invocation each computes on a software adapter.
  { name: ", many whole maps", shape: [2, 128, 12, 11], windows: { kernelSize: [12, 11] } },
  // So many that an invocation computes several windows.
  { name: ", runs of 4", shape: [1, 2, 130, 70], windows: { kernelSize: 3, stride: 1, padding: 1 } },
  { name: ", runs of 2", shape: [1, 4, 130, 130], windows: { kernelSize: 3, stride: 2, padding: 1 } },
];

const sums = SUMS.map(({ name, shape, windows }): OperationCase<"x" | "dy"> => {
  const values = (count: number, seed: number) => integers(count, seed, 8);
  return {
    name: `sumPool${name}`,
    inputs: { x: { shape, values }, dy: { shape: reference.sumPool(zeros(shape), windows).shape, values } },
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
});

testOperations([...cases, ...sums]);
