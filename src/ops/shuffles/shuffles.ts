// Shuffles of channels and of pixels: permutations of axes, whose gradients are permutations too.
import { checkTensor } from "../../gpu/tensor.ts";
import { elementCount } from "../../base/shape.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import { checkOptions } from "../../base/validate.ts";
import {
  type ChannelShuffleOptions,
  type Permutation,
  type PermutedAxis,
  type PixelShuffleOptions,
  channelShuffleOf,
  pixelShuffleOf,
  pixelUnshuffleOf,
} from "./geometry.ts";
import { itemsOf } from "../shared/items.ts";
import { dispatch } from "../../kernel/dispatch.ts";
import { run, type Recipe, whole } from "../../gpu/operation.ts";
import permuteShader from "../../../shaders/ops/shuffles/permute.wgsl";

/**
 * The channels of all groups in turn (Zhang et al. 2018, section 3.1): channel k * groups + g of the result is the k-th of group g.
 *
 * @param x [N, C], [N, C, ...spatial] or [N, ...spatial, C]
 * @returns a new tensor like x
 * @throws ConvError naming the argument that does not fit
 */
export function channelShuffle(x: Tensor, options: ChannelShuffleOptions): Tensor {
  checkOptions("options", options, ["groups"]);
  const { shape, layout } = checkTensor("x", x);
  return permute("channelShuffle", x, channelShuffleOf("x", shape, layout, options));
}

/**
 * The gradient of `channelShuffle` with respect to its x: a shuffle of C / groups groups.
 *
 * @param dy the gradient of its result
 * @param options those of the forward operation
 * @returns a new tensor like dy
 * @throws ConvError naming the argument that does not fit
 */
export function channelShuffleBackward(dy: Tensor, options: ChannelShuffleOptions): Tensor {
  checkOptions("options", options, ["groups"]);
  const { shape, layout } = checkTensor("dy", dy);
  const permutation = channelShuffleOf("dy", shape, layout, { groups: options.groups, back: true });
  return permute("channelShuffleBackward", dy, permutation);
}

/**
 * Channels as cells (Shi et al. 2016, section 3.2): channel c * f1 * f2 + i * f2 + j of [N, C * f1 * f2, H, W] becomes the cells (i, j) of
 * every f1 x f2 of channel c of [N, C, H * f1, W * f2]; likewise with one and three spatial axes. (DepthToSpace of ONNX in mode "CRD".)
 * Its gradient is `pixelUnshuffle` of dy.
 *
 * @param x [N, C, ...spatial] or [N, ...spatial, C]
 * @returns a new tensor with fewer channels and more cells
 * @throws ConvError naming the argument that does not fit
 */
export function pixelShuffle(x: Tensor, options: PixelShuffleOptions): Tensor {
  const { shape, layout } = checkTensor("x", x);
  return permute("pixelShuffle", x, pixelShuffleOf(shape, layout, options));
}

/**
 * Cells as channels: what undoes `pixelShuffle`, and is its gradient, as that is of this.
 *
 * @param x [N, C, ...spatial] or [N, ...spatial, C]
 * @returns a new tensor with more channels and fewer cells
 * @throws ConvError naming the argument that does not fit
 */
export function pixelUnshuffle(x: Tensor, options: PixelShuffleOptions): Tensor {
  const { shape, layout } = checkTensor("x", x);
  return permute("pixelUnshuffle", x, pixelUnshuffleOf(shape, layout, options));
}

function permute(name: string, x: Tensor, permutation: Permutation): Tensor {
  const { layout, dtype } = x;
  const y = { shape: permutation.shape, layout, dtype };
  return run({
    name,
    inputs: { x },
    results: { y },
    parameters: permutation,
    recipe: (): Recipe => {
      const [inner, ...outer] = permutation.axes.toReversed() as [PermutedAxis, ...PermutedAxis[]];
      // Items of four where the innermost axis is that of x too: all other strides are multiples of its size.
      const items = itemsOf(dtype, inner.stride === 1 ? inner.size : 1);
      const length = inner.size / items.lanes;
      const step = [4, 3, 2].find((count) => length % count === 0) ?? 1;
      const stride = inner.stride; // 1 in items as in elements, or items are elements
      const words = [
        [length / step, stride * step, stride, 0],
        ...outer.map((axis) => [axis.size, axis.stride / items.lanes, 0, 0]),
      ];
      const threads = elementCount(permutation.shape) / items.lanes / step;
      return {
        steps: [
          dispatch({
            shaders: [permuteShader],
            constants: { INNER_AXES: outer.length, STEP: step },
            aliases: items.aliases,
            ranges: [whole("x", x), whole("y", y)],
            uniforms: [
              ...[threads, 0, 0, 0],
              ...Array.from({ length: 8 }, (_, axis) => words[axis] ?? [1, 0, 0, 0]).flat(),
            ],
            threads,
          }),
        ],
      };
    },
  }).y;
}
