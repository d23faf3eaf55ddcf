// Deformable convolution: the geometry of a 2-D convolution, and the shapes of the offsets and masks of its samples. Shared by the engine
// and the reference.
import { refuse, words } from "../../base/error.ts";
import { checkInteger } from "../../base/validate.ts";
import type { Padding } from "../../problem/padding.ts";
import { type ConvProblem, type Layout, convProblem, joinShape } from "../../problem/problem.ts";

/** The options of a deformable convolution that determine its geometry. */
export interface DeformableOptions {
  stride?: number | readonly number[];
  dilation?: number | readonly number[];
  /** As for a convolution. Samples beyond the border are 0 whatever their offset. */
  padding?: Padding;
  groups?: number;
  /** Groups of input channels that have their own offsets (and masks); 1 by default. */
  offsetGroups?: number;
}

export const DEFORMABLE_KEYS = ["stride", "dilation", "padding", "groups", "offsetGroups"] as const;

/** The geometry of a deformable convolution. */
export interface Deformable {
  readonly problem: ConvProblem;
  readonly offsetGroups: number;
}

/** A part of the outputs: several whole images, or rows of outputs of one. */
export interface Band {
  readonly firstImage: number;
  readonly images: number;
  readonly firstRow: number;
  readonly rows: number;
}

/**
 * The geometry of a call.
 *
 * @param x [N, C, H, W], or [N, H, W, C]
 * @param w [K, C/groups, R, S], or [R, S, C/groups, K]
 * @throws ConvError naming the invalid argument
 */
export function deformableOf(
  x: readonly number[],
  w: readonly number[],
  layout: Layout,
  { offsetGroups: option, ...options }: DeformableOptions,
): Deformable {
  if (Array.isArray(x) && (x.length === 3 || x.length === 5))
    refuse(
      "unsupported",
      "x.shape",
      words(`[${x.join(", ")}], ${x.length - 2}-D`),
      "two spatial axes: offsets are pairs (y, x), and no convention orders them in other dimensions",
    );
  const problem = convProblem(
    "forward",
    { ...options, layout, inputShape: x, kernelShape: w },
    { input: "x.shape", kernel: "w.shape" },
  );
  const offsetGroups = checkInteger("offsetGroups", option ?? 1, 1);
  if (problem.C % offsetGroups !== 0)
    refuse("shape-mismatch", "offsetGroups", offsetGroups, `a divisor of the ${problem.C} input channels`);
  return { problem, offsetGroups };
}

/**
 * The shapes of the other tensors. Channels of offsets are ordered by offset group, tap, then y before x; channels of masks by offset
 * group, then tap.
 */
export function deformableShapes({ problem, offsetGroups }: Deformable) {
  const { N, C, K, groups, kernel, output, layout } = problem;
  const taps = kernel[1] * kernel[2];
  const cells = [output[1], output[2]];
  const inner = (C / groups) * taps;
  return {
    offset: joinShape(N, 2 * offsetGroups * taps, cells, layout),
    mask: joinShape(N, offsetGroups * taps, cells, layout),
    y: joinShape(N, K, cells, layout),
    /** The weights of the pointwise convolution of the samples. */
    weights: layout === "channels-first" ? [K, inner, 1, 1] : [1, 1, inner, K],
  };
}
