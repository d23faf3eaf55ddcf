// Concatenation of tensors along an axis, and splitting, each the gradient of the other.
import copySliceShader from "../../../shaders/ops/slices/copy-slice.wgsl";
import type { Dtype } from "../../base/dtype.ts";
import { refuse } from "../../base/error.ts";
import { elementCount } from "../../base/shape.ts";
import { checkOptions } from "../../base/validate.ts";
import { type TensorDescription, run, whole } from "../../gpu/operation.ts";
import { type Tensor, checkTensor } from "../../gpu/tensor.ts";
import { type Range, dispatch } from "../../kernel/dispatch.ts";
import type { Step } from "../../kernel/step.ts";
import { checkLike } from "../shared/feature-map.ts";
import { linesAlong } from "../shared/geometry/axis.ts";
import { itemsOf } from "../shared/items.ts";
import {
  type ConcatenateOptions,
  MAX_SLICES,
  type Slices,
  type SplitOptions,
  checkTensorList,
  concatenationOf,
  splitOf,
} from "./geometry.ts";

/**
 * Concatenates tensors along an axis. Its gradient is `split` of dy with their sizes.
 *
 * @param tensors of the same layout, element type and shape, except for the size of the axis
 * @returns a new tensor
 * @throws ConvError naming the invalid argument
 * @example
 * const y = concatenate([a, b]); // along the channels
 */
export function concatenate(tensors: readonly Tensor[], options: ConcatenateOptions = {}): Tensor {
  checkOptions("options", options, ["axis"]);
  const names = checkTensorList(tensors).map((_, at) => `tensors[${at}]`);
  const given = names.map((name, at) => checkTensor(name, tensors[at]));
  const { layout, dtype } = given[0]!;
  const slices = concatenationOf(
    given.map(({ shape }) => shape),
    options,
    layout,
  );
  given.forEach(({ shape }, at) => checkLike(names[at]!, given[at], { shape, layout, dtype }, "as tensors[0]"));
  const y = { shape: slices.shape, layout, dtype };
  return run({
    name: "concatenate",
    inputs: Object.fromEntries(given.map((tensor, at) => [names[at], tensor])),
    results: { y },
    parameters: slices.axis,
    recipe: () => ({
      steps: given.map((tensor, at) => copyStep(slices, at, dtype, whole(names[at]!, tensor), whole("y", y), "into")),
    }),
  }).y;
}

/**
 * Splits a tensor along an axis. Its gradient is `concatenate` of the gradients of the slices.
 *
 * @param x any shape
 * @param options `sizes` or `sections`
 * @returns new tensors, one for each slice
 * @throws ConvError naming the invalid argument
 * @example
 * const [a, b] = split(x, { sections: 2 }); // along the channels
 */
export function split(x: Tensor, options: SplitOptions): Tensor[] {
  checkOptions("options", options, ["sizes", "sections", "axis"]);
  const { shape, layout, dtype } = checkTensor("x", x);
  const slices = splitOf(shape, options, layout);
  const count = slices.slices.length;
  if (count > MAX_SLICES)
    refuse("too-large", options.sizes ? "sizes" : "sections", count, `at most ${MAX_SLICES} slices`);
  const results = Object.fromEntries(
    slices.slices.map((slice, at): [string, TensorDescription] => [`y${at}`, { shape: slice.shape, layout, dtype }]),
  );
  const created = run({
    name: "split",
    inputs: { x },
    results,
    parameters: slices.axis,
    recipe: () => ({
      steps: Object.entries(results).map(([name, slice], at) =>
        copyStep(slices, at, dtype, whole("x", x), whole(name, slice), "out of"),
      ),
    }),
  });
  return slices.slices.map((_, at) => created[`y${at}`]!);
}

/** Copies a slice out of the whole tensor, or into it. */
function copyStep(
  { axis, slices, shape }: Slices,
  at: number,
  dtype: Dtype,
  from: Range,
  to: Range,
  direction: "into" | "out of",
): Step<string> {
  const slice = slices[at]!;
  const { inner } = linesAlong(shape, axis);
  const own = { row: slice.shape[axis]! * inner, start: 0 };
  const all = { row: shape[axis]! * inner, start: slice.start * inner };
  // Items of four if every row starts and ends at a multiple of four.
  const { lanes, aliases } = itemsOf(dtype, [own.row, all.row, all.start].every((count) => count % 4 === 0) ? 4 : 1);
  const [source, target] = direction === "into" ? [own, all] : [all, own];
  return dispatch({
    shaders: [copySliceShader],
    aliases,
    ranges: [from, to],
    uniforms: {
      row: own.row / lanes,
      fromStart: source.start / lanes,
      fromRow: source.row / lanes,
      toStart: target.start / lanes,
      toRow: target.row / lanes,
    },
    threads: elementCount(slice.shape) / lanes,
  });
}
