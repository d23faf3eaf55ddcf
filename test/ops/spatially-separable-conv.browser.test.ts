import { gamma } from "../../src/base/arithmetic.ts";
import { elementCount } from "../../src/base/shape.ts";
import type { Tensor } from "../../src/index.ts";
import { spatiallySeparableConv, spatiallySeparableConvBackward } from "../../src/ops/index.ts";
import * as reference from "../../src/reference.ts";
import type { NdArray } from "../../src/reference.ts";
import { AXIS_CASES } from "./axis-cases.ts";
import { type OperationCase, magnitudes, testOperations } from "./suite.ts";

/** kernel0, kernel1, ... among the arrays or tensors of a case, in order. */
const kernelsOf = <T>(all: Readonly<Record<string, T>>): T[] =>
  Object.keys(all)
    .filter((name) => name.startsWith("kernel"))
    .toSorted()
    .map((name) => all[name]!);

/** Gradients by name, as the suite takes results. */
const named = <T extends Tensor | NdArray>({ dx, dkernels }: { dx: T; dkernels: T[] }): Record<string, T> => ({
  dx,
  ...Object.fromEntries(dkernels.map((one, at) => [`dkernel${at}`, one])),
});

const cases = AXIS_CASES.flatMap(({ name, x, kernels, options }): OperationCase<never>[] => {
  const zeros = (shape: readonly number[]) => ({ data: new Float64Array(elementCount(shape)), shape });
  const output = reference.spatiallySeparableConv(zeros(x), kernels.map(zeros), options).shape;
  // Products and sums of every pass. The gradient of a cell includes the border cells that repeat it, four at most; that of a kernel sums all
  // cells.
  const taps = kernels.reduce((sum, shape) => sum + shape.at(-1)!, 0);
  const inputs = {
    x: { shape: x },
    // [C, cells] becomes [cells, C].
    ...Object.fromEntries(
      kernels.map((shape, at) => [`kernel${at}`, shape.length === 1 ? { shape } : { shape, last: shape.toReversed() }]),
    ),
  };
  const forward: OperationCase = {
    name,
    inputs,
    run: (all) => ({ y: spatiallySeparableConv(all["x"]!, kernelsOf(all), options) }),
    reference: (all, layout) => ({
      y: reference.spatiallySeparableConv(all["x"]!, kernelsOf(all), { ...options, layout }),
    }),
    bound: (all, layout) => {
      const sizes = reference.spatiallySeparableConv(magnitudes(all["x"]!), kernelsOf(all).map(magnitudes), {
        ...options,
        layout,
      });
      return { y: (at) => gamma(taps + 3) * sizes.data[at]! };
    },
  };
  const backward: OperationCase = {
    name: `gradients of ${name}`,
    inputs: { ...inputs, dy: { shape: output } },
    run: (all) => named(spatiallySeparableConvBackward(all["dy"]!, all["x"]!, kernelsOf(all), options)),
    reference: (all, layout) =>
      named(reference.spatiallySeparableConvBackward(all["dy"]!, all["x"]!, kernelsOf(all), { ...options, layout })),
    bound: (all, layout) => {
      const sizes = named(
        reference.spatiallySeparableConvBackward(
          magnitudes(all["dy"]!),
          magnitudes(all["x"]!),
          kernelsOf(all).map(magnitudes),
          {
            ...options,
            layout,
          },
        ),
      );
      const terms = (result: string): number => (result === "dx" ? 4 * taps : taps + 64 + 64);
      return Object.fromEntries(
        Object.entries(sizes).map(([result, { data }]) => [result, (at: number) => gamma(terms(result)) * data[at]!]),
      );
    },
  };
  return [forward, backward];
});

testOperations(cases);
