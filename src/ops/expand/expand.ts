// Repetition of a tensor along axes of size 1.
import type { TensorDtype } from "../../base/dtype.ts";
import { type Tensor, checkAnyTensor } from "../../gpu/tensor.ts";
import { move } from "../shared/copy.ts";
import { like } from "../shared/feature-map.ts";
import { expansionOf } from "./geometry.ts";

/**
 * Broadcasts a tensor to a shape, as ONNX's Expand does: shapes are aligned at their ends; where either has size 1, or lacks the axis, the
 * other's size is taken. The gradient is the sum of dy over the axes that were repeated: `reduceSum`, then `reshape`.
 *
 * @param x of any shape
 * @param shape sizes that are 1 or those of x
 * @returns a new tensor
 * @throws ConvError naming the invalid argument
 * @example
 * const map = expand(row, [1, 64, 32, 32]); // from [64, 1, 1]
 */
export function expand<D extends TensorDtype>(x: Tensor<D>, shape: readonly number[]): Tensor<D> {
  const { copy, shape: all } = expansionOf(checkAnyTensor<D>("x", x).shape, shape);
  return move({ name: "expand", input: { x }, copy, result: like(x, all) });
}
