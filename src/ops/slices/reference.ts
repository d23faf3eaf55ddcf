// CPU reference of concatenation and splitting.
import { elementCount } from "../../base/shape.ts";
import { RANKS, checkOptions } from "../../base/validate.ts";
import { type Float64NdArray, type NdArray, checkNdArray } from "../../reference/ndarray.ts";
import { linesAlong } from "../shared/geometry/axis.ts";
import { type LayoutOptions, layoutOf } from "../shared/reference/feature-map.ts";
import {
  type ConcatenateOptions,
  type Slices,
  type SplitOptions,
  checkTensorList,
  concatenationOf,
  splitOf,
} from "./geometry.ts";

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
  given.forEach((array, at) => forEachElement(slices, at, (own, all) => (data[all] = array.data[own]!)));
  return { data, shape: slices.shape };
}

/** `split` of convoke/ops, in float64. */
export function split(x: NdArray, options: SplitOptions & LayoutOptions): Float64NdArray[] {
  checkOptions("options", options, ["sizes", "sections", "axis", "layout"]);
  const { data, shape } = checkNdArray("x", x, RANKS);
  const slices = splitOf(shape, options, layoutOf(options));
  return slices.slices.map((slice, at) => {
    const values = new Float64Array(elementCount(slice.shape));
    forEachElement(slices, at, (own, all) => (values[own] = data[all]!));
    return { data: values, shape: slice.shape };
  });
}

/** Visits each element of a slice, with its index in the slice and in the whole array. */
function forEachElement({ axis, slices, shape }: Slices, at: number, visit: (own: number, all: number) => void): void {
  const { outer, size, inner } = linesAlong(shape, axis);
  const { start, shape: own } = slices[at]!;
  const length = own[axis]!;
  for (let o = 0; o < outer; o++)
    for (let c = 0; c < length; c++)
      for (let i = 0; i < inner; i++) visit((o * length + c) * inner + i, (o * size + start + c) * inner + i);
}
