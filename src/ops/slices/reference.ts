// CPU reference of concatenation and splitting.
import { elementCount } from "../../base/shape.ts";
import { RANKS, checkOptions } from "../../base/validate.ts";
import { type Float64NdArray, type NdArray, checkNdArray } from "../../reference/ndarray.ts";
import { type LayoutOptions, layoutOf } from "../shared/reference/feature-map.ts";
import { copyStrided } from "../shared/reference/strided.ts";
import { type ConcatenateOptions, type SplitOptions, checkTensorList, concatenationOf, splitOf } from "./geometry.ts";

/** `concatenate` of convoke/ops, in float64. */
export function concatenate(
  tensors: readonly NdArray[],
  options: ConcatenateOptions & LayoutOptions = {},
): Float64NdArray {
  checkOptions("options", options, ["axis", "layout"]);
  const given = checkTensorList(tensors).map((array, at) => checkNdArray(`tensors[${at}]`, array, RANKS));
  const slices = concatenationOf(
    given.map(({ shape }) => shape),
    options,
    layoutOf(options),
  );
  const data = new Float64Array(elementCount(slices.shape));
  slices.slices.forEach(({ copy: { sizes, from, to } }, at) =>
    copyStrided(given[at]!.data, { sizes, from: to, to: from }, data),
  );
  return { data, shape: slices.shape };
}

/** `split` of convoke/ops, in float64. */
export function split(x: NdArray, options: SplitOptions & LayoutOptions): Float64NdArray[] {
  checkOptions("options", options, ["sizes", "sections", "axis", "layout"]);
  const { data, shape } = checkNdArray("x", x, RANKS);
  const slices = splitOf(shape, options, layoutOf(options));
  return slices.slices.map(({ copy, shape: own }) => ({
    data: copyStrided(data, copy, new Float64Array(elementCount(own))),
    shape: own,
  }));
}
