import { gamma } from "../../src/base/arithmetic.ts";
import { elementCount } from "../../src/base/shape.ts";
import { deformableConv, deformableConvBackward } from "../../src/ops/index.ts";
import * as reference from "../../src/reference.ts";
import { DEFORMABLE, deformableInputs, eighths } from "./deformable.ts";
import { type OperationCase, magnitudes, testOperations, weightInput } from "./suite.ts";

/** Roundings of a sample: four products of three factors and their sums. Positions and interpolation weights are exact here. */
const SAMPLE = 8;

/** The relative rounding error of samples and their gradients, which are stored in between. */
const rounding = (dtype: string): number => (dtype === "f16" ? 1.01 * 2 ** -11 : 0);

const cases = DEFORMABLE.flatMap((one): OperationCase<never>[] => {
  const { name, x, w, options, masked, reach } = one;
  const { offset, mask, y } = deformableInputs(one);
  const [K, ...terms] = w as [number, ...number[]];
  const C = x[1]!;
  const taps = w[2]! * w[3]!;
  const inputs = {
    x: { shape: x },
    w: weightInput(w),
    offset: { shape: offset, values: eighths(reach) },
    mask: { shape: mask },
  };
  const forward: OperationCase<"x" | "w" | "offset" | "mask" | "bias"> = {
    name,
    inputs: { ...inputs, bias: { shape: [K] } },
    run: ({ x: input, w: weights, mask: modulation, ...rest }) => ({
      y: deformableConv(input, weights, { ...options, ...rest, ...(masked && { mask: modulation }) }),
    }),
    reference: ({ x: input, w: weights, mask: modulation, ...rest }, layout) => ({
      y: reference.deformableConv(input, weights, { ...options, ...rest, ...(masked && { mask: modulation }), layout }),
    }),
    bound: ({ x: input, w: weights, offset: moved, mask: modulation, bias }, layout, dtype) => {
      const sizes = reference.deformableConv(magnitudes(input), magnitudes(weights), {
        ...{ ...options, layout, offset: moved, bias: magnitudes(bias) },
        ...(masked && { mask: magnitudes(modulation) }),
      });
      // A subnormal half is accurate to 2^-25; weights are at most 1.
      const small = dtype === "f16" ? elementCount(terms) * 2 ** -25 : 0;
      return { y: (at) => (gamma(elementCount(terms) + SAMPLE + 2) + rounding(dtype)) * sizes.data[at]! + small };
    },
  };
  const backward: OperationCase<"x" | "w" | "offset" | "mask" | "dy"> = {
    name: `gradients of ${name}`,
    inputs: { ...inputs, dy: { shape: y } },
    run: ({ x: input, w: weights, offset: moved, mask: modulation, dy }) => ({
      ...deformableConvBackward(dy, input, weights, {
        ...{ ...options, offset: moved },
        ...(masked && { mask: modulation }),
      }),
    }),
    reference: ({ x: input, w: weights, offset: moved, mask: modulation, dy }, layout) => ({
      ...reference.deformableConvBackward(dy, input, weights, {
        ...{ ...options, offset: moved, layout },
        ...(masked && { mask: modulation }),
      }),
    }),
    bound: ({ x: input, w: weights, offset: moved, mask: modulation, dy }, layout, dtype) => {
      const sizes = reference.deformableConvBackward(magnitudes(dy), magnitudes(input), magnitudes(weights), {
        ...{ ...options, offset: moved, layout },
        ...(masked && { mask: magnitudes(modulation) }),
      });
      const outputs = elementCount(y) / K;
      const own = K / (options.groups ?? 1);
      // All samples may read the same cell.
      const samples = (taps * outputs) / x[0]!;
      const small = (many: number): number => (dtype === "f16" ? many * 2 ** -25 : 0);
      // The gradient of an offset sums two differences of corners over a group of channels, each at most 1 times the gradient of the sample,
      // which has one term for each output channel.
      const channels = C / (options.offsetGroups ?? 1);
      const offsets = (gamma(own + channels + SAMPLE) + rounding(dtype)) * 2 * channels * own + small(2 * channels);
      return {
        dx: (at) => (gamma(own + samples + SAMPLE) + rounding(dtype)) * sizes.dx.data[at]! + small(samples),
        dw: (at) => (gamma(outputs + SAMPLE) + rounding(dtype)) * sizes.dw.data[at]! + small(outputs),
        doffset: () => offsets,
        dmask: (at) => (gamma(own + channels + SAMPLE) + rounding(dtype)) * sizes.dmask!.data[at]! + small(channels),
      };
    },
  };
  return [forward, backward];
});

testOperations(cases);
