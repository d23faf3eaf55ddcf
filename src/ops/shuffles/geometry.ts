// Shuffles of channels and pixels, as permutations of axes. Shared by the engine and the reference.
import { refuse } from "../../base/error.ts";
import { elementCount } from "../../base/shape.ts";
import { checkInteger, checkPerAxis, checkShape } from "../../base/validate.ts";
import type { Layout } from "../../problem/problem.ts";
import { joinShape, splitShape } from "../../problem/problem.ts";
import { channelAxis } from "../shared/geometry/axis.ts";
import { type StridedCopy, permuted, wholeView } from "../shared/geometry/strided.ts";

/** The options of `channelShuffle` and its gradient. */
export interface ChannelShuffleOptions {
  /** A divisor of the channels. */
  groups: number;
}

/** The options of `pixelShuffle` and `pixelUnshuffle`. */
export interface PixelShuffleOptions {
  /** Fine cells for each coarse cell along a spatial axis: a number for all axes, or one for each. */
  factor: number | readonly number[];
}

/** A permutation of the axes of a tensor. */
export interface Permutation {
  readonly copy: StridedCopy;
  /** The shape of the result. */
  readonly shape: number[];
}

/** @param order for each axis of the result, its index in `sizes` */
function permutation(sizes: readonly number[], order: readonly number[], shape: number[]): Permutation {
  const to = order.map((axis) => sizes[axis]!);
  return { copy: { sizes: to, from: permuted(wholeView(sizes), order), to: wholeView(to) }, shape };
}

/** [N, groups, C / groups, ...spatial] with the second and the third axis exchanged. */
export function channelShuffleOf(
  argument: string,
  given: readonly number[],
  layout: Layout,
  { groups, back = false }: { groups: unknown; back?: boolean },
): Permutation {
  const shape = checkShape(`${argument}.shape`, [...given], [2, 3, 4, 5]);
  const axis = channelAxis(shape, layout);
  const count = checkInteger("groups", groups, 1);
  if (shape[axis]! % count !== 0) refuse("shape-mismatch", "groups", count, `a divisor of the ${shape[axis]} channels`);
  const outer = back ? shape[axis]! / count : count;
  const sizes = [...shape.slice(0, axis), outer, shape[axis]! / outer, ...shape.slice(axis + 1)];
  const order = sizes.map((_, at) => at);
  return permutation(sizes, order.with(axis, axis + 1).with(axis + 1, axis), shape);
}

interface Pixels {
  readonly N: number;
  /** Channels of the fine map. */
  readonly channels: number;
  /** Spatial sizes of the coarse map. */
  readonly coarse: readonly number[];
  /** Fine cells for each coarse cell, along each axis. */
  readonly factor: readonly number[];
}

/** The indices of the spatial axes and of the factors in the order N, channels, spatial, factors. */
function axesOf(rank: number): { spatial: number[]; factors: number[] } {
  const spatial = Array.from({ length: rank }, (_, at) => 2 + at);
  return { spatial, factors: spatial.map((at) => at + rank) };
}

/** The orders of the axes in the memory of both maps: [N, C f1 f2, H, W] and [N, C, H f1, W f2], or with the channels last. */
function ordersOf(rank: number, layout: Layout): { coarse: number[]; fine: number[] } {
  const { spatial, factors } = axesOf(rank);
  const cells = spatial.flatMap((at, axis) => [at, factors[axis]!]);
  return layout === "channels-first"
    ? { coarse: [0, 1, ...factors, ...spatial], fine: [0, 1, ...cells] }
    : { coarse: [0, ...spatial, 1, ...factors], fine: [0, ...cells, 1] };
}

function pixelsPermuted(
  { N, channels, coarse, factor }: Pixels,
  from: readonly number[],
  to: readonly number[],
  shape: number[],
): Permutation {
  const sizes = [N, channels, ...coarse, ...factor];
  return permutation(
    from.map((at) => sizes[at]!),
    to.map((at) => from.indexOf(at)),
    shape,
  );
}

/** The permutation of channels into cells. */
export function pixelShuffleOf(given: readonly number[], layout: Layout, options: PixelShuffleOptions): Permutation {
  const { N, channels, spatial } = splitShape(checkShape("x.shape", [...given], [3, 4, 5]), layout);
  const factor = checkPerAxis("factor", options.factor, spatial.length, 1);
  const cells = elementCount(factor);
  if (channels % cells !== 0)
    refuse("shape-mismatch", "factor", options.factor, `factors whose product divides the ${channels} channels`);
  const { coarse, fine } = ordersOf(spatial.length, layout);
  const sizes = { N, channels: channels / cells, coarse: spatial, factor };
  const shape = joinShape(
    N,
    channels / cells,
    spatial.map((size, axis) => size * factor[axis]!),
    layout,
  );
  return pixelsPermuted(sizes, coarse, fine, shape);
}

/** The permutation of cells into channels. */
export function pixelUnshuffleOf(given: readonly number[], layout: Layout, options: PixelShuffleOptions): Permutation {
  const { N, channels, spatial } = splitShape(checkShape("x.shape", [...given], [3, 4, 5]), layout);
  const factor = checkPerAxis("factor", options.factor, spatial.length, 1);
  if (spatial.some((size, axis) => size % factor[axis]! !== 0))
    refuse("shape-mismatch", "factor", options.factor, `divisors of the spatial sizes [${spatial.join(", ")}]`);
  const small = spatial.map((size, axis) => size / factor[axis]!);
  const { coarse, fine } = ordersOf(spatial.length, layout);
  const shape = joinShape(N, channels * elementCount(factor), small, layout);
  return pixelsPermuted({ N, channels, coarse: small, factor }, fine, coarse, shape);
}
