import { gamma } from "../../src/base/arithmetic.ts";
import { elementCount } from "../../src/base/shape.ts";
import { separableConv, separableConvBackward } from "../../src/ops/index.ts";
import * as reference from "../../src/reference.ts";
import { integers } from "../suite/random.ts";
import { SEPARABLE } from "./separable.ts";
import { type Arrays, type OperationCase, magnitudes, testOperations, weightInput } from "./suite.ts";

/** Small integers: every intermediate sum is an integer below 2048, which both element types represent exactly. */
const values = (count: number, seed: number) => integers(count, seed, 2);
const exact = () => 0;

const cases = SEPARABLE.flatMap(({ name, x, depthwise, pointwise, options, activations }): OperationCase<never>[] => {
  const zero = (shape: readonly number[]) => ({ shape, data: new Float64Array(elementCount(shape)) });
  const output = reference.separableConv(zero(x), zero(depthwise), zero(pointwise), options).shape;
  const biases = { depthwiseBias: { shape: [depthwise[0]!], values } };
  const weights = { x: { shape: x, values }, depthwise: weight(depthwise), pointwise: weight(pointwise) };
  const forward: OperationCase<"x" | "depthwise" | "pointwise" | "depthwiseBias" | "bias" | "residual"> = {
    name,
    inputs: {
      ...weights,
      ...biases,
      bias: { shape: [pointwise[0]!], values },
      residual: { shape: output, values },
    },
    run: ({ x: input, depthwise: first, pointwise: second, ...rest }) => ({
      y: separableConv(input, first, second, { ...options, ...activations, ...rest }),
    }),
    reference: ({ x: input, depthwise: first, pointwise: second, ...rest }, layout) => ({
      y: reference.separableConv(input, first, second, { ...options, ...activations, ...rest, layout }),
    }),
    bound: () => ({ y: exact }),
  };
  const after = activations.activation;
  const backward: OperationCase<"x" | "depthwise" | "pointwise" | "depthwiseBias" | "dy" | "preActivation"> = {
    name: `gradients of ${name}`,
    inputs: { ...weights, ...biases, dy: { shape: output, values }, preActivation: { shape: output, values } },
    run: ({ x: input, depthwise: first, pointwise: second, dy, depthwiseBias, preActivation }) => ({
      ...separableConvBackward(dy, input, first, second, {
        ...{ ...options, ...activations, depthwiseBias },
        ...(after && { preActivation }),
      }),
    }),
    reference: ({ x: input, depthwise: first, pointwise: second, dy, depthwiseBias, preActivation }, layout) => ({
      ...reference.separableConvBackward(dy, input, first, second, {
        ...{ ...options, ...activations, depthwiseBias, layout },
        ...(after && { preActivation }),
      }),
    }),
    bound: () => ({ dx: exact, ddepthwise: exact, dpointwise: exact, ddepthwiseBias: exact }),
  };
  return [forward, backward];
});

function weight(shape: readonly number[]) {
  return { ...weightInput(shape), values };
}

const real: OperationCase<"x" | "depthwise" | "pointwise"> = {
  name: "uniform numbers",
  inputs: {
    x: { shape: [2, 6, 7, 9] },
    depthwise: weightInput([6, 1, 3, 3]),
    pointwise: weightInput([5, 6, 1, 1]),
  },
  run: ({ x, depthwise, pointwise }) => ({ y: separableConv(x, depthwise, pointwise, { padding: 1 }) }),
  reference: (arrays, layout) => ({ y: ofAll(arrays, layout) }),
  // 9 terms and then 6, each plus the absent bias; a half between keeps its value to 2^-11, or to 2^-25 where it is subnormal.
  bound: ({ x, depthwise, pointwise }, layout, dtype) => {
    const sizes = ofAll(
      { x: magnitudes(x), depthwise: magnitudes(depthwise), pointwise: magnitudes(pointwise) },
      layout,
    );
    const rounding = dtype === "f16" ? 2 ** -11 : 0;
    return { y: (at) => (gamma(9 + 6 + 4) + 1.01 * rounding) * sizes.data[at]! + (dtype === "f16" ? 6 * 2 ** -25 : 0) };
  },
};

function ofAll(
  { x, depthwise, pointwise }: Arrays<"x" | "depthwise" | "pointwise">,
  layout: Parameters<OperationCase["reference"]>[1],
) {
  return reference.separableConv(x, depthwise, pointwise, { padding: 1, layout });
}

testOperations([...cases, real]);
