// CPU reference of `reshape`.
import { RANKS, checkOptions } from "../../base/validate.ts";
import { type Float64NdArray, type NdArray, checkNdArray } from "../../reference/ndarray.ts";
import type { LayoutOptions } from "../shared/reference/feature-map.ts";
import { reshapedTo } from "./geometry.ts";

/** `reshape` of convoke/ops. The result is a copy. */
export function reshape(x: NdArray, shape: readonly number[], options: LayoutOptions = {}): Float64NdArray {
  checkOptions("options", options, ["layout"]);
  const { data, shape: from } = checkNdArray("x", x, RANKS);
  return { data: data.slice(), shape: reshapedTo(from, shape) };
}
