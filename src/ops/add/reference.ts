// The sum of two tensors, and its gradients.
import { ADD_KEYS, type AddBackwardOptions, type AddOptions, additionOf, sourceOf } from "./geometry.ts";
import { checkOptions } from "../../base/validate.ts";
import { type Float64NdArray, type NdArray, checkNdArray, checkShapeIs } from "../../reference/ndarray.ts";
import { RANKS, activateBackward, elementActivation } from "../activate/reference.ts";

/** activation(a + scale * b), as `engine.add`. */
export function add(a: NdArray, b: NdArray, options: AddOptions = {}): Float64NdArray {
  checkOptions("options", options, ADD_KEYS);
  const [one, other] = [checkNdArray("a", a, RANKS), checkNdArray("b", b, RANKS)];
  checkShapeIs("b", other.shape, one.shape);
  const { scale, activation } = additionOf(options);
  const data = one.data.map((v, at) => v + scale * other.data[at]!);
  return { data: activation ? data.map((v) => elementActivation(activation, v)) : data, shape: one.shape };
}

/** Its gradients, as `engine.addBackward`. */
export function addBackward(
  dy: NdArray,
  options: AddBackwardOptions<NdArray> = {},
): { da: Float64NdArray; db: Float64NdArray } {
  checkOptions("options", options, [...ADD_KEYS, "output", "preActivation"]);
  const gradient = checkNdArray("dy", dy, RANKS);
  const addition = additionOf(options);
  const source = sourceOf(addition, options);
  const { data, shape } = source
    ? activateBackward(dy, { activation: options.activation!, [source.from]: source.values })
    : gradient;
  return {
    da: { data: data.slice(), shape },
    db: { data: data.map((v) => addition.scale * v), shape: [...shape] },
  };
}
