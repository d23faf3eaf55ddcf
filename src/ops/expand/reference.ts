// CPU reference of the repetition of a tensor along axes of size 1.
import { elementCount } from "../../base/shape.ts";
import { RANKS } from "../../base/validate.ts";
import { type Float64NdArray, type NdArray, checkNdArray } from "../../reference/ndarray.ts";
import { copyStrided } from "../shared/reference/strided.ts";
import { expansionOf } from "./geometry.ts";

/** `expand` of convoke/ops, in float64. */
export function expand(x: NdArray, shape: readonly number[]): Float64NdArray {
  const { data, shape: own } = checkNdArray("x", x, RANKS);
  const { copy, shape: all } = expansionOf(own, shape);
  return { data: copyStrided(data, copy, new Float64Array(elementCount(all))), shape: all };
}
