// Concatenation of tensors along an axis, and splitting, each the gradient of the other.
import type { TensorDtype } from "../../base/dtype.ts";
import { checkOptions } from "../../base/validate.ts";
import { run, whole } from "../../gpu/operation.ts";
import { type Tensor, checkAnyTensor } from "../../gpu/tensor.ts";
import { copyStep } from "../shared/copy.ts";
import { checkLike, like } from "../shared/feature-map.ts";
import { type ConcatenateOptions, type SplitOptions, checkTensorList, concatenationOf, splitOf } from "./geometry.ts";

/**
 * Concatenates tensors along an axis. Its gradient is `split` of dy with their sizes.
 *
 * @param tensors of the same layout, element type and shape, except for the size of the axis
 * @returns a new tensor
 * @throws ConvError naming the invalid argument
 * @example
 * const y = concatenate([a, b]); // along the channels
 */
export function concatenate<D extends TensorDtype>(
  tensors: readonly Tensor<D>[],
  options: ConcatenateOptions = {},
): Tensor<D> {
  checkOptions("options", options, ["axis"]);
  const names = checkTensorList(tensors).map((_, at) => `tensors[${at}]`);
  const given = names.map((name, at) => checkAnyTensor<D>(name, tensors[at]));
  const [first] = given as [Tensor<D>];
  const slices = concatenationOf(
    given.map(({ shape }) => shape),
    options,
    first.layout,
  );
  given.forEach((tensor, at) => checkLike(names[at]!, tensor, like(first, tensor.shape), "as tensors[0]"));
  const y = like(first, slices.shape);
  return run({
    name: "concatenate",
    inputs: Object.fromEntries(given.map((tensor, at) => [names[at], tensor])),
    results: { y },
    parameters: slices.axis,
    recipe: () => ({
      steps: slices.slices.map(({ copy: { sizes, from, to } }, at) =>
        copyStep(y.dtype, { sizes, from: to, to: from }, whole(names[at]!, given[at]!), whole("y", y)),
      ),
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
export function split<D extends TensorDtype>(x: Tensor<D>, options: SplitOptions): Tensor<D>[] {
  checkOptions("options", options, ["sizes", "sections", "axis"]);
  const { shape, layout, dtype } = checkAnyTensor<D>("x", x);
  const slices = splitOf(shape, options, layout);
  const results = Object.fromEntries(slices.slices.map((slice, at) => [`y${at}`, like(x, slice.shape)]));
  const created = run({
    name: "split",
    inputs: { x },
    results,
    parameters: slices.axis,
    recipe: () => ({
      steps: slices.slices.map(({ copy }, at) =>
        copyStep(dtype, copy, whole("x", x), whole(`y${at}`, results[`y${at}`]!)),
      ),
    }),
  });
  return slices.slices.map((_, at) => created[`y${at}`]!);
}
