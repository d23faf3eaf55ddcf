// Concatenation of arrays along an axis, and splitting.
import { linesAlong } from "../shared/geometry/axis.ts";
import {
  type ConcatenateOptions,
  type Slices,
  type SplitOptions,
  checkTensors,
  joined,
  splitOf,
} from "./geometry.ts";
import { elementCount } from "../../base/shape.ts";
import { checkOptions } from "../../base/validate.ts";
import { type Float64NdArray, type NdArray, checkNdArray } from "../../reference/ndarray.ts";
import { RANKS } from "../activate/reference.ts";
import { type LayoutOptions, layoutOf } from "../shared/reference/feature-map.ts";

/** Arrays one after the other along an axis, as `engine.concatenate`. */
export function concatenate(
  tensors: readonly NdArray[],
  options: ConcatenateOptions & LayoutOptions = {},
): Float64NdArray {
  checkOptions("options", options, ["axis", "layout"]);
  const given = checkTensors(tensors).map((array, at) => checkNdArray(`tensors[${at}]`, array, RANKS));
  const slices = joined(
    given.map(({ shape }) => shape),
    options,
    layoutOf(options),
  );
  const data = new Float64Array(elementCount(slices.shape));
  given.forEach((array, at) => forEachPlace(slices, at, (part, all) => (data[all] = array.data[part]!)));
  return { data, shape: slices.shape };
}

/** The parts of an array along an axis, as `engine.split`. */
export function split(x: NdArray, options: SplitOptions & LayoutOptions): Float64NdArray[] {
  checkOptions("options", options, ["sizes", "sections", "axis", "layout"]);
  const { data, shape } = checkNdArray("x", x, RANKS);
  const slices = splitOf(shape, options, layoutOf(options));
  return slices.parts.map((part, at) => {
    const values = new Float64Array(elementCount(part.shape));
    forEachPlace(slices, at, (own, all) => (values[own] = data[all]!));
    return { data: values, shape: part.shape };
  });
}

/** Every element of a part, by its place in the part and in all. */
function forEachPlace({ axis, parts, shape }: Slices, at: number, visit: (part: number, all: number) => void): void {
  const { outer, size, inner } = linesAlong(shape, axis);
  const { start, shape: own } = parts[at]!;
  const length = own[axis]!;
  for (let o = 0; o < outer; o++)
    for (let c = 0; c < length; c++)
      for (let i = 0; i < inner; i++) visit((o * length + c) * inner + i, (o * size + start + c) * inner + i);
}
