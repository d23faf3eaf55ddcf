// Shuffles of channels and of pixels: permutations of axes, whose gradients are permutations too.
import { checkOptions } from "../../base/validate.ts";
import { type Tensor, checkTensor } from "../../gpu/tensor.ts";
import { move } from "../shared/copy.ts";
import { like } from "../shared/feature-map.ts";
import {
  type ChannelShuffleOptions,
  type Permutation,
  type PixelShuffleOptions,
  channelShuffleOf,
  pixelShuffleOf,
  pixelUnshuffleOf,
} from "./geometry.ts";

/**
 * Interleaves the channels of all groups (Zhang et al., ShuffleNet, 2018, section 3.1): channel k * groups + g of the result is channel k
 * of group g.
 *
 * @param x [N, C], [N, C, ...spatial] or [N, ...spatial, C]
 * @returns a new tensor like x
 * @throws ConvError naming the invalid argument
 * @example
 * const y = channelShuffle(conv(x, w, { groups: 4 }), { groups: 4 });
 */
export function channelShuffle(x: Tensor, options: ChannelShuffleOptions): Tensor {
  checkOptions("options", options, ["groups"]);
  const { shape, layout } = checkTensor("x", x);
  return permute("channelShuffle", { x }, channelShuffleOf("x", shape, layout, options));
}

/**
 * The gradient of `channelShuffle` with respect to its x: a shuffle of C / groups groups.
 *
 * @param dy the gradient of the result of `channelShuffle`
 * @param options the options of `channelShuffle`
 * @returns a new tensor like dy
 * @throws ConvError naming the invalid argument
 * @example
 * const dx = channelShuffleBackward(dy, { groups: 4 });
 */
export function channelShuffleBackward(dy: Tensor, options: ChannelShuffleOptions): Tensor {
  checkOptions("options", options, ["groups"]);
  const { shape, layout } = checkTensor("dy", dy);
  const permutation = channelShuffleOf("dy", shape, layout, { groups: options.groups, back: true });
  return permute("channelShuffleBackward", { dy }, permutation);
}

/**
 * Rearranges channels into cells (Shi et al., Real-Time Single Image and Video Super-Resolution Using an Efficient Sub-Pixel Convolutional
 * Neural Network, 2016, section 3.2): channel c * f1 * f2 + i * f2 + j of [N, C * f1 * f2, H, W] becomes the cells (i, j) of every f1 x f2
 * block of channel c of [N, C, H * f1, W * f2]; likewise with one and three spatial axes. (DepthToSpace of ONNX in mode "CRD".) Its
 * gradient is `pixelUnshuffle` of dy.
 *
 * @param x [N, C, ...spatial] or [N, ...spatial, C]
 * @returns a new tensor with fewer channels and more cells
 * @throws ConvError naming the invalid argument
 * @example
 * const y = pixelShuffle(x, { factor: 2 }); // [1, 12, 32, 32] -> [1, 3, 64, 64]
 */
export function pixelShuffle(x: Tensor, options: PixelShuffleOptions): Tensor {
  checkOptions("options", options, ["factor"]);
  const { shape, layout } = checkTensor("x", x);
  return permute("pixelShuffle", { x }, pixelShuffleOf(shape, layout, options));
}

/**
 * Rearranges cells into channels: the inverse of `pixelShuffle`, and its gradient. The gradient of `pixelUnshuffle` is `pixelShuffle` of
 * dy.
 *
 * @param x [N, C, ...spatial] or [N, ...spatial, C]
 * @returns a new tensor with more channels and fewer cells
 * @throws ConvError naming the invalid argument
 * @example
 * const y = pixelUnshuffle(x, { factor: 2 }); // [1, 3, 64, 64] -> [1, 12, 32, 32]
 */
export function pixelUnshuffle(x: Tensor, options: PixelShuffleOptions): Tensor {
  checkOptions("options", options, ["factor"]);
  const { shape, layout } = checkTensor("x", x);
  return permute("pixelUnshuffle", { x }, pixelUnshuffleOf(shape, layout, options));
}

/** @param input the tensor, under the name of the caller's argument */
function permute(name: string, input: Readonly<Record<string, Tensor>>, { copy, shape }: Permutation): Tensor {
  return move({ name, input, copy, result: like(Object.values(input)[0]!, shape) });
}
