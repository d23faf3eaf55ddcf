// Other shapes for the elements of a tensor, without a copy.
import type { TensorDtype } from "../../base/dtype.ts";
import { checkOneOf, checkOptions } from "../../base/validate.ts";
import { type Tensor, checkAnyTensor, checkSameEngine } from "../../gpu/tensor.ts";
import { LAYOUTS, type Layout } from "../../problem/problem.ts";
import { reshapedTo } from "./geometry.ts";

/** The options of `reshape`. */
export interface ReshapeOptions {
  /** The layout of the result; that of x by default. */
  layout?: Layout;
}

/**
 * Gives the elements of a tensor, in the order in which they lie in memory, another shape. Nothing is copied: both tensors share the memory,
 * which is freed when both are destroyed, and a `write` to one changes the other. The gradient is `reshape` of dy to the shape of x.
 *
 * @param x of any shape
 * @param shape sizes with the same number of elements; one of them may be -1 and is computed from the others
 * @returns a tensor that shares the memory of x
 * @throws ConvError naming the invalid argument
 * @example
 * const rows = reshape(x, [x.shape[0], -1]);
 */
export function reshape<D extends TensorDtype>(
  x: Tensor<D>,
  shape: readonly number[],
  options: ReshapeOptions = {},
): Tensor<D> {
  checkOptions("options", options, ["layout"]);
  const tensor = checkAnyTensor<D>("x", x);
  checkSameEngine({ x });
  const layout = checkOneOf("layout", options.layout ?? tensor.layout, LAYOUTS);
  return tensor.view(reshapedTo(tensor.shape, shape), layout);
}
