// CPU reference of transposition.
import { RANKS, checkOptions } from "../../base/validate.ts";
import { type Float64NdArray, type NdArray, checkNdArray } from "../../reference/ndarray.ts";
import { copyStrided } from "../shared/reference/strided.ts";
import { type TransposeOptions, transpositionOf } from "./geometry.ts";

/** `transpose` of convoke/ops, in float64. */
export function transpose(x: NdArray, options: TransposeOptions = {}): Float64NdArray {
  checkOptions("options", options, ["permutation", "layout"]);
  const { data, shape } = checkNdArray("x", x, RANKS);
  const { copy, shape: own } = transpositionOf(shape, options.permutation);
  return { data: copyStrided(data, copy, new Float64Array(data.length)), shape: own };
}
