// Slices of a tensor with steps along any of its axes, and their gradient.
import type { TensorDtype } from "../../base/dtype.ts";
import { RANKS, checkOptions, checkShape } from "../../base/validate.ts";
import { type Tensor, checkAnyTensor, checkTensor } from "../../gpu/tensor.ts";
import { move } from "../shared/copy.ts";
import { checkLike, like } from "../shared/feature-map.ts";
import { SLICE_KEYS, type SliceOptions, sliceOf } from "./geometry.ts";

/**
 * Takes a slice of a tensor: along each axis every step-th cell from `starts` to before `ends`, as x[start:end:step] in Python.
 *
 * @param x of any shape
 * @param options `starts`, `ends`, `steps` and `axes`, as ONNX's Slice has them
 * @returns a new tensor, which may be empty
 * @throws ConvError naming the invalid argument
 * @example
 * const flipped = slice(x, { starts: [-1], ends: [-Infinity], steps: [-1], axes: [3] });
 */
export function slice<D extends TensorDtype>(x: Tensor<D>, options: SliceOptions): Tensor<D> {
  checkOptions("options", options, SLICE_KEYS);
  const { copy, shape } = sliceOf(checkAnyTensor<D>("x", x).shape, options);
  return move({ name: "slice", input: { x }, copy, result: like(x, shape) });
}

/** The options of `sliceBackward`. */
export interface SliceBackwardOptions extends SliceOptions {
  /** The shape of the x that was sliced. */
  inputShape: readonly number[];
}

/**
 * The gradient of `slice`: dy where the slice lies, and zeros elsewhere.
 *
 * @param dy gradient of the slice
 * @returns a new tensor of shape `inputShape`
 * @throws ConvError naming the invalid argument
 * @example
 * const dx = sliceBackward(dy, { inputShape: x.shape, starts: [1], ends: [3] });
 */
export function sliceBackward(dy: Tensor, options: SliceBackwardOptions): Tensor {
  checkOptions("options", options, [...SLICE_KEYS, "inputShape"]);
  checkTensor("dy", dy);
  const shape = checkShape("inputShape", options.inputShape, RANKS);
  const { copy, shape: own } = sliceOf(shape, options);
  checkLike("dy", dy, like(dy, own), "as the slice");
  const { sizes, from, to } = copy;
  return move({
    name: "sliceBackward",
    input: { dy },
    copy: { sizes, from: to, to: from },
    result: like(dy, shape),
    fills: own.some((size, axis) => size !== shape[axis]),
  });
}
