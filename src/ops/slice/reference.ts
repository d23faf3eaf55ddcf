// CPU reference of slices with steps and of their gradient.
import { elementCount } from "../../base/shape.ts";
import { RANKS, checkOptions, checkShape } from "../../base/validate.ts";
import { type Float64NdArray, type NdArray, checkNdArray, checkShapeIs } from "../../reference/ndarray.ts";
import { copyStrided } from "../shared/reference/strided.ts";
import { SLICE_KEYS, type SliceOptions, sliceOf } from "./geometry.ts";

/** `slice` of convoke/ops, in float64. */
export function slice(x: NdArray, options: SliceOptions): Float64NdArray {
  checkOptions("options", options, SLICE_KEYS);
  const { data, shape } = checkNdArray("x", x, RANKS);
  const { copy, shape: own } = sliceOf(shape, options);
  return { data: copyStrided(data, copy, new Float64Array(elementCount(own))), shape: own };
}

/** `sliceBackward` of convoke/ops, in float64. */
export function sliceBackward(dy: NdArray, options: SliceOptions & { inputShape: readonly number[] }): Float64NdArray {
  checkOptions("options", options, [...SLICE_KEYS, "inputShape"]);
  const { data, shape } = checkNdArray("dy", dy, RANKS);
  const inputShape = checkShape("inputShape", options.inputShape, RANKS);
  const { copy, shape: own } = sliceOf(inputShape, options);
  checkShapeIs("dy", shape, own);
  const { sizes, from, to } = copy;
  const dx = new Float64Array(elementCount(inputShape));
  return { data: copyStrided(data, { sizes, from: to, to: from }, dx), shape: inputShape };
}
