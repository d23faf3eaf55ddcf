import { gamma } from "../../src/base/arithmetic.ts";
import { elementCount } from "../../src/base/shape.ts";
import type { Layout } from "../../src/index.ts";
import { coordConv, coordConvBackwardData, coordConvBackwardWeights } from "../../src/ops/index.ts";
import type { NdArray } from "../../src/reference.ts";
import * as reference from "../../src/reference.ts";
import { COORD_CASES } from "./coordinates.ts";
import { type OperationCase, channelsLast, magnitudes, testOperations, weightInput } from "./suite.ts";

const zeros = (shape: readonly number[]) => ({ data: new Float64Array(elementCount(shape)), shape });

/** Magnitudes of an input and its coordinates: sqrt(3) for each coordinate, which bounds the radius too. */
function covered({ data, shape }: NdArray, coordinates: number, layout: Layout): NdArray {
  const last = layout === "channels-last";
  const C = last ? shape.at(-1)! : shape[1]!;
  const [images, inner] = last ? [data.length / C, 1] : [shape[0]!, data.length / shape[0]! / C];
  const values: number[] = [];
  for (let image = 0; image < images; image++) {
    for (let at = 0; at < C * inner; at++) values.push(Math.abs(data[image * C * inner + at]!));
    for (let at = 0; at < coordinates * inner; at++) values.push(Math.sqrt(3));
  }
  const all = C + coordinates;
  return { data: values, shape: last ? [...shape.slice(0, -1), all] : [shape[0]!, all, ...shape.slice(2)] };
}

/** Roundings of a coordinate: 2.5 ULP of a quotient of integers, and for the radius 8 more of three squares, their sum and a root (WGSL's accuracy). */
const COORDINATE = 16;

const cases = COORD_CASES.flatMap(({ name, x, w, options }, at): OperationCase<never>[] => {
  // The direct algorithm, so that the bound is that of plain sums.
  const plain = { ...options, algorithm: "direct" };
  const { radius, ...geometry } = options;
  const coordinates = x.length - 2 + (radius ? 1 : 0);
  const output = reference.coordConv(zeros(x), zeros(w), options).shape;
  const [K, ...terms] = w as [number, ...number[]];
  const activated = at === 0 ? { activation: "relu" as const } : {};
  const inShape = (layout: string): number[] =>
    layout === "channels-last" ? [...channelsLast(zeros(x)).shape] : [...x];
  const growth = (n: number): number => gamma(n + COORDINATE);
  // The convolution of the coordinates is stored in between, which rounds it to 2^-11 of its size in half precision.
  const rounding = (dtype: string): number => (dtype === "f16" ? 1.01 * 2 ** -11 : 0);
  const forward: OperationCase<"x" | "w" | "bias" | "residual"> = {
    name,
    inputs: { x: { shape: x }, w: weightInput(w), bias: { shape: [K] }, residual: { shape: output } },
    run: ({ x: input, w: weights, ...rest }) => ({
      y: coordConv(input, weights, { ...plain, ...activated, ...(at % 2 === 0 && rest) }),
    }),
    reference: ({ x: input, w: weights, ...rest }, layout) => ({
      y: reference.coordConv(input, weights, { ...options, ...activated, layout, ...(at % 2 === 0 && rest) }),
    }),
    bound: ({ x: input, w: weights, bias, residual }, layout, dtype) => {
      const rest = at % 2 === 0 ? { bias: magnitudes(bias), residual: magnitudes(residual) } : {};
      const sizes = covered(input, coordinates, layout);
      const { data } = reference.conv(sizes, magnitudes(weights), { ...geometry, ...rest, layout });
      return { y: (place) => (growth(elementCount(terms) + 3) + rounding(dtype)) * data[place]! + 2 ** -25 };
    },
  };
  const backward: OperationCase<"x" | "w" | "dy" | "output"> = {
    name: `gradients of ${name}`,
    inputs: { x: { shape: x }, w: weightInput(w), dy: { shape: output }, output: { shape: output } },
    run: ({ x: input, w: weights, dy, output: y }, layout) => {
      const all = { ...plain, ...activated, ...(at === 0 && { output: y }) };
      return {
        dx: coordConvBackwardData(dy, weights, { ...all, inputShape: inShape(layout) }),
        dw: coordConvBackwardWeights(input, dy, { ...all, kernelShape: weights.shape }),
      };
    },
    reference: ({ x: input, w: weights, dy, output: y }, layout) => {
      const all = { ...options, ...activated, ...(at === 0 && { output: y }), layout };
      return {
        dx: reference.coordConvBackwardData(dy, weights, { ...all, inputShape: inShape(layout) }),
        dw: reference.coordConvBackwardWeights(input, dy, { ...all, kernelShape: weights.shape }),
      };
    },
    bound: ({ x: input, w: weights, dy }, layout) => {
      const all = { ...options, layout };
      const dx = reference.coordConvBackwardData(magnitudes(dy), magnitudes(weights), {
        ...all,
        inputShape: inShape(layout),
      });
      const sizes = covered(input, coordinates, layout);
      const dw = reference.convBackwardWeights(sizes, magnitudes(dy), {
        ...geometry,
        layout,
        kernelShape: weights.shape,
      });
      const cells = elementCount(output) / K;
      return {
        dx: (place) => growth(K * elementCount(terms)) * dx.data[place]!,
        dw: (place) => growth(cells + 64) * dw.data[place]!,
      };
    },
  };
  return [forward, backward];
});

testOperations(cases);
