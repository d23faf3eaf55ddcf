// Permutation of the axes of a tensor.
import type { TensorDtype } from "../../base/dtype.ts";
import { checkOneOf, checkOptions } from "../../base/validate.ts";
import { type Tensor, checkAnyTensor } from "../../gpu/tensor.ts";
import { LAYOUTS } from "../../problem/problem.ts";
import { move } from "../shared/copy.ts";
import { type TransposeOptions, transpositionOf } from "./geometry.ts";

/**
 * Permutes the axes of a tensor. The gradient is `transpose` of dy by the inverse permutation.
 *
 * @param x of any shape
 * @param options `permutation` (all axes in reverse by default), and the layout of the result
 * @returns a new tensor; its axis i is axis `permutation[i]` of x
 * @throws ConvError naming the invalid argument
 * @example
 * const last = transpose(x, { permutation: [0, 2, 3, 1], layout: "channels-last" }); // [N, C, H, W] -> [N, H, W, C]
 */
export function transpose<D extends TensorDtype>(x: Tensor<D>, options: TransposeOptions = {}): Tensor<D> {
  checkOptions("options", options, ["permutation", "layout"]);
  const { shape, dtype, layout } = checkAnyTensor<D>("x", x);
  const to = checkOneOf("layout", options.layout ?? layout, LAYOUTS);
  const { copy, shape: own } = transpositionOf(shape, options.permutation);
  return move({ name: "transpose", input: { x }, copy, result: { shape: own, layout: to, dtype } });
}
