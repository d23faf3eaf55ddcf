import { gamma } from "../../src/base/arithmetic.ts";
import { conv } from "../../src/conv/conv.ts";
import { foldBatchNorm } from "../../src/ops/index.ts";
import * as reference from "../../src/reference.ts";
import { uniform } from "../suite/random.ts";
import { type OperationCase, magnitudes, testOperations } from "./suite.ts";

const positive = (count: number, seed: number) => uniform(count, seed).map((value) => Math.abs(value) + 0.25);
const epsilon = 0.01;

interface Fold {
  readonly name: string;
  /** The shape in both layouts: the same numbers, divided into channels differently. */
  readonly w: readonly number[];
  readonly channels: number;
  readonly affine: boolean;
  readonly options: { transposed?: boolean; groups?: number };
}

const FOLDS: readonly Fold[] = [
  { name: "2-D", w: [5, 2, 3, 5], channels: 5, affine: true, options: {} },
  { name: "2-D, fours", w: [8, 4, 4, 8], channels: 8, affine: false, options: {} },
  { name: "a matrix", w: [6, 8], channels: 6, affine: true, options: {} },
  { name: "transposed", w: [4, 3, 3, 4], channels: 3, affine: true, options: { transposed: true } },
  { name: "transposed, groups", w: [6, 2, 6], channels: 4, affine: false, options: { transposed: true, groups: 2 } },
  { name: "one weight", w: [1, 1, 1], channels: 1, affine: true, options: {} },
  { name: "3-D", w: [3, 2, 2, 2, 3], channels: 3, affine: true, options: {} },
];

const folds = FOLDS.map(
  ({
    name,
    w: shape,
    channels,
    affine,
    options,
  }): OperationCase<"w" | "mean" | "variance" | "scale" | "bias" | "convBias"> => {
    const channel = { shape: [channels] };
    return {
      name: `folding, ${name}`,
      inputs: {
        ...{ w: { shape, layoutFree: true }, mean: channel, variance: { ...channel, values: positive } },
        ...{ scale: channel, bias: channel, convBias: channel },
      },
      run: ({ w, mean, variance, scale, bias, convBias }) => ({
        ...foldBatchNorm(w, { mean, variance, epsilon, ...options, ...(affine && { scale, bias, convBias }) }),
      }),
      reference: ({ w, mean, variance, scale, bias, convBias }, layout) => ({
        ...reference.foldBatchNorm(w, {
          mean,
          variance,
          epsilon,
          layout,
          ...options,
          ...(affine && { scale, bias, convBias }),
        }),
      }),
      // inverseSqrt is accurate to 2 ULP, 4 u, of a rounded sum; and a few products and sums.
      bound: ({ w, mean, variance, scale, bias, convBias }, layout) => {
        const given = affine
          ? { scale: magnitudes(scale), bias: magnitudes(bias), convBias: magnitudes(convBias) }
          : {};
        const negative = { data: Float64Array.from(mean.data, (value) => -Math.abs(value)), shape: mean.shape };
        const sizes = reference.foldBatchNorm(magnitudes(w), {
          mean: negative,
          variance,
          epsilon,
          layout,
          ...options,
          ...given,
        });
        return { w: (at) => gamma(8) * sizes.w.data[at]!, bias: (at) => gamma(10) * sizes.bias.data[at]! };
      },
    };
  },
);

const f32 = { dtype: "f32" } as const;

/** A convolution with folded weights, compared with the convolution and the normalisation after it. */
const folded: OperationCase<"x" | "w" | "mean" | "variance" | "scale"> = {
  name: "a convolution with folded weights",
  inputs: {
    ...{ x: { shape: [2, 4, 5, 6], ...f32 }, w: { shape: [4, 4, 4, 4], layoutFree: true, ...f32 } },
    ...{
      mean: { shape: [4], ...f32 },
      variance: { shape: [4], values: positive, ...f32 },
      scale: { shape: [4], ...f32 },
    },
  },
  run: ({ x, w, mean, variance, scale }) => {
    const made = foldBatchNorm(w, { mean, variance, scale, epsilon });
    const y = conv(x, made.w, { padding: 1, bias: made.bias, algorithm: "direct" });
    made.w.destroy();
    made.bias.destroy();
    return { y };
  },
  reference: ({ x, w, mean, variance, scale }, layout) => ({
    y: reference.batchNorm(reference.conv(x, w, { padding: 1, layout }), { mean, variance, scale, epsilon, layout }),
  }),
  // A sum of 64 products and the bias, with errors of 8 u in the weights and of 10 u in the bias.
  bound: ({ x, w, mean, variance, scale }, layout) => {
    const negative = { data: Float64Array.from(mean.data, (value) => -Math.abs(value)), shape: mean.shape };
    const statistics = { mean: negative, variance, scale: magnitudes(scale), epsilon, layout };
    const made = reference.foldBatchNorm(magnitudes(w), statistics);
    const sizes = reference.conv(magnitudes(x), made.w, { padding: 1, layout, bias: made.bias }).data;
    return { y: (at) => gamma(64 + 2 + 10) * sizes[at]! };
  },
};

testOperations([...folds, folded]);
