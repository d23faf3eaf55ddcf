// CPU reference of the sum of two tensors and its gradients, in float64.
import { RANKS, checkOptions } from "../../base/validate.ts";
import { type Float64NdArray, type NdArray, checkNdArray, checkShapeIs } from "../../reference/ndarray.ts";
import { derivativeFrom, elementActivation } from "../shared/reference/element-activation.ts";
import { ADD_KEYS, type AddBackwardOptions, type AddOptions, additionOf, sourceOf } from "./geometry.ts";

/** `add` of convoke/ops, in float64: activation(a + scale * b). */
export function add(a: NdArray, b: NdArray, options: AddOptions = {}): Float64NdArray {
  checkOptions("options", options, ADD_KEYS);
  const [one, other] = [checkNdArray("a", a, RANKS), checkNdArray("b", b, RANKS)];
  checkShapeIs("b", other.shape, one.shape);
  const { scale, activation } = additionOf(options);
  const data = one.data.map((v, at) => v + scale * other.data[at]!);
  return { data: activation ? data.map((v) => elementActivation(activation, v)) : data, shape: one.shape };
}

/** `addBackward` of convoke/ops, in float64. */
export function addBackward(
  dy: NdArray,
  options: AddBackwardOptions<NdArray> = {},
): { da: Float64NdArray; db: Float64NdArray } {
  checkOptions("options", options, [...ADD_KEYS, "output", "preActivation"]);
  const { data, shape } = checkNdArray("dy", dy, RANKS);
  const addition = additionOf(options);
  const { activation, scale } = addition;
  const given = sourceOf(addition, options);
  let da = data.slice();
  if (activation && given) {
    const source = checkNdArray(given.from, given.values, RANKS);
    checkShapeIs(given.from, source.shape, shape);
    const derivative = derivativeFrom(given.from);
    da = data.map((v, at) => v * derivative(activation, source.data[at]!));
  }
  return { da: { data: da, shape }, db: { data: da.map((v) => scale * v), shape: [...shape] } };
}
