// CPU reference of padding and of its gradient, in float64.
import { elementCount } from "../../base/shape.ts";
import { RANKS, checkOptions, checkShape } from "../../base/validate.ts";
import { OUTSIDE, sourceCell } from "../../reference/geometry.ts";
import { type Float64NdArray, type NdArray, checkNdArray, checkShapeIs } from "../../reference/ndarray.ts";
import { wholeView } from "../shared/geometry/strided.ts";
import { PAD_KEYS, type PadOptions, type Padded, paddedOf } from "./geometry.ts";

/** `pad` of convoke/ops, in float64. */
export function pad(x: NdArray, options: PadOptions): Float64NdArray {
  checkOptions("options", options, PAD_KEYS);
  const { data, shape } = checkNdArray("x", x, RANKS);
  const padded = paddedOf(shape, options);
  const y = new Float64Array(elementCount(padded.shape));
  forEachCell(shape, padded, (from, to) => (y[to] = from === undefined ? padded.value : data[from]!));
  return { data: y, shape: padded.shape };
}

/** `padBackward` of convoke/ops, in float64. */
export function padBackward(dy: NdArray, options: PadOptions & { inputShape: readonly number[] }): Float64NdArray {
  checkOptions("options", options, [...PAD_KEYS, "inputShape"]);
  const { data, shape } = checkNdArray("dy", dy, RANKS);
  const inputShape = checkShape("inputShape", options.inputShape, RANKS);
  const padded = paddedOf(inputShape, options);
  checkShapeIs("dy", shape, padded.shape);
  const dx = new Float64Array(elementCount(inputShape));
  forEachCell(inputShape, padded, (from, to) => {
    if (from !== undefined) dx[from]! += data[to]!;
  });
  return { data: dx, shape: inputShape };
}

/** Visits each element of the padded array, with the element of x that it repeats, if any. */
function forEachCell(
  shape: readonly number[],
  { mode, padding, shape: all }: Padded,
  visit: (from: number | undefined, to: number) => void,
): void {
  const { strides } = wholeView(shape);
  const own = wholeView(all).strides;
  const count = elementCount(all);
  for (let to = 0; to < count; to++) {
    const sources = shape.map((size, axis) =>
      sourceCell((Math.floor(to / own[axis]!) % all[axis]!) - padding[axis]![0], size, mode),
    );
    const from = sources.reduce((sum, cell, axis) => sum + cell * strides[axis]!, 0);
    visit(sources.includes(OUTSIDE) ? undefined : from, to);
  }
}
