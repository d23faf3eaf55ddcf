// CPU reference of sums and differences of two arrays and their gradients, in float64.
import { checkOptions } from "../../base/validate.ts";
import { type Float64NdArray, type NdArray, checkShapeIs } from "../../reference/ndarray.ts";
import { checkPairShapes } from "../shared/geometry/broadcast.ts";
import { checkElements, combined, summedTo } from "../shared/reference/broadcast.ts";
import { derivativeFrom, elementActivation } from "../shared/reference/element-activation.ts";
import { ADD_KEYS, type AddBackwardOptions, type AddOptions, additionOf, sourceOf } from "./geometry.ts";

/** `add` of convoke/ops, in float64: activation(a + scale * b). */
export function add(a: NdArray, b: NdArray, options: AddOptions = {}): Float64NdArray {
  return sum(a, b, options, 1);
}

/** `sub` of convoke/ops, in float64: activation(a - scale * b). */
export function sub(a: NdArray, b: NdArray, options: AddOptions = {}): Float64NdArray {
  return sum(a, b, options, -1);
}

/** `addBackward` of convoke/ops, in float64. */
export function addBackward(
  dy: NdArray,
  options: AddBackwardOptions<NdArray> = {},
): { da: Float64NdArray; db: Float64NdArray } {
  return sumBackward(dy, options, 1);
}

/** `subBackward` of convoke/ops, in float64. */
export function subBackward(
  dy: NdArray,
  options: AddBackwardOptions<NdArray> = {},
): { da: Float64NdArray; db: Float64NdArray } {
  return sumBackward(dy, options, -1);
}

function sum(a: NdArray, b: NdArray, options: AddOptions, sign: 1 | -1): Float64NdArray {
  checkOptions("options", options, ADD_KEYS);
  const { scale, activation } = additionOf(options);
  return combined({ a, b }, (one, other) => {
    const value = one + sign * scale * other;
    return activation ? elementActivation(activation, value) : value;
  });
}

function sumBackward(
  dy: NdArray,
  options: AddBackwardOptions<NdArray>,
  sign: 1 | -1,
): { da: Float64NdArray; db: Float64NdArray } {
  checkOptions("options", options, [...ADD_KEYS, "aShape", "bShape", "output", "preActivation"]);
  const gradient = checkElements("dy", dy);
  const addition = additionOf(options);
  const { activation, scale } = addition;
  const given = sourceOf(addition, options);
  let values = gradient;
  if (activation && given) {
    const source = checkElements(given.from, given.values);
    checkShapeIs(given.from, source.shape, gradient.shape);
    const derivative = derivativeFrom(given.from);
    values = combined({ dy, source }, (v, at) => v * derivative(activation, at));
  }
  const [aShape, bShape] = checkPairShapes(options, gradient.shape);
  const scaled = { ...values, data: values.data.map((v) => sign * scale * v) };
  return { da: summedTo(aShape, values), db: summedTo(bShape, scaled) };
}
