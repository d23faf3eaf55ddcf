// How the elements of a tensor are normalised. Elements that share a mean and a deviation form a set; elements that share a scale and a bias
// have the same parameter. Each axis of memory numbers sets, parameters, both or neither; the kernels know nothing else. Shared by hosts and
// references.
import { refuse } from "../../../base/error.ts";
import { elementCount } from "../../../base/shape.ts";
import { RANKS, checkFinite, checkInteger, checkShape } from "../../../base/validate.ts";
import type { Layout } from "../../../problem/problem.ts";
import { axesOf, axisOf, channelAxis, linesAlong } from "./axis.ts";

/** A tensor to be normalised. */
export interface Normalised {
  readonly shape: readonly number[];
  readonly layout: Layout;
}

/**
 * An axis of memory. The index of an element's set, and of its parameter, is the sum over the axes of its coordinate times `set` or
 * `parameter`.
 */
export interface NormalisedAxis {
  readonly size: number;
  readonly set: number;
  readonly parameter: number;
}

/** The axes of a tensor, outermost first, and how they divide its elements. */
export interface Normalisation {
  readonly axes: readonly NormalisedAxis[];
  readonly sets: number;
  /** Number of elements of each set. */
  readonly members: number;
  /** The shape of scale and bias. */
  readonly parameterShape: readonly number[];
  /** The shape of the mean and the inverse deviation. */
  readonly statisticShape: readonly number[];
}

/**
 * The axes of layer normalisation: a number of last axes of [N, C, ...spatial], the channels, or a list of axes of the tensor's shape,
 * negative ones counted from the end.
 */
export type LayerAxes = number | "channels" | readonly number[];

/** Checks the number added to a variance; 1e-5 by default, as in PyTorch. */
export function checkEpsilon(epsilon: unknown, otherwise = 1e-5): number {
  const checked = checkFinite("epsilon", epsilon ?? otherwise);
  if (checked < 0) refuse("invalid-argument", "epsilon", epsilon, "a number of at least 0");
  return checked;
}

/** Checks the number of groups of channels. */
export function checkGroups(channels: number, groups: unknown): number {
  const checked = checkInteger("groups", groups, 1);
  if (channels % checked !== 0) refuse("shape-mismatch", "groups", groups, `a divisor of the ${channels} channels`);
  return checked;
}

/** The axes of memory that layer normalisation is over, in the order that scale and bias have them; by default all but the batch. */
export function checkAxes({ shape, layout }: Normalised, axes: unknown): readonly number[] {
  if (Array.isArray(axes)) return axesOf(axes, shape.length);
  checkShape("x.shape", shape, RANKS.slice(2));
  const channels = channelAxis(shape, layout);
  if (axes === "channels") return [channels];
  const most = shape.length - 1;
  if (axes !== undefined && typeof axes !== "number")
    refuse("invalid-argument", "axes", axes, `"channels", an integer from 1 to ${most}, or a list of axes`);
  const order = [0, channels, ...shape.keys()].filter((one, at, all) => all.indexOf(one) === at);
  return order.slice(-checkInteger("axes", axes ?? most, 1, most));
}

/** A set for each place along an axis, by default the channels. */
export function batchSets({ shape, layout }: Normalised, along?: unknown): Normalisation {
  checkShape("x.shape", shape, RANKS.slice(along === undefined ? 2 : 1));
  const { outer, size, inner } = linesAlong(shape, axisOf(along, shape, layout));
  return normalisation([axis(outer, 0, 0), axis(size, 1, 1), axis(inner, 0, 0)], [size]);
}

/** The channels and the cells of each image. */
function mapSizes({ shape, layout }: Normalised, ranks: readonly number[]) {
  checkShape("x.shape", shape, ranks);
  const at = channelAxis(shape, layout);
  const [N, channels] = [shape[0]!, shape[at]!];
  return { N, channels, cells: elementCount(shape.filter((_, one) => one !== 0 && one !== at)), last: at > 1 };
}

/** A set for each group of channels of each image. */
export function groupSets(x: Normalised, given: unknown): Normalisation {
  const { N, channels, cells, last } = mapSizes(x, RANKS.slice(2));
  const groups = checkGroups(channels, given);
  const own = channels / groups;
  const [batch, group, channel] = [axis(N, groups, 0), axis(groups, 1, own), axis(own, 0, 1)];
  const cell = axis(cells, 0, 0);
  const axes = last ? [batch, cell, group, channel] : [batch, group, channel, cell];
  return normalisation(axes, [channels], [N, groups]);
}

/** A set for each channel of each image: a group of one channel. */
export function instanceSets(x: Normalised): Normalisation {
  return groupSets(x, mapSizes(x, RANKS.slice(3)).channels);
}

/** A set for all elements along the given axes. */
export function layerSets(x: Normalised, given: unknown): Normalisation {
  const { shape } = x;
  const over = checkAxes(x, given);
  const statisticShape = shape.map((size, at) => (over.includes(at) ? 1 : size));
  const axes = shape.map((size, at) => {
    const place = over.indexOf(at);
    return place < 0
      ? axis(size, elementCount(statisticShape.slice(at + 1)), 0)
      : axis(size, 0, elementCount(over.slice(place + 1).map((one) => shape[one]!)));
  });
  return normalisation(
    axes,
    over.map((one) => shape[one]!),
    statisticShape,
  );
}

/** An axis. A step along it adds `set` to the index of the set and `parameter` to the index of the parameter. */
export function axis(size: number, set: number, parameter: number): NormalisedAxis {
  return { size, set, parameter };
}

/** Merges neighbouring axes that number sets and parameters as one axis would, and drops axes of size 1. */
export function normalisation(
  axes: readonly NormalisedAxis[],
  parameterShape: readonly number[],
  statisticShape = parameterShape,
): Normalisation {
  const merged: NormalisedAxis[] = [];
  for (const inner of axes.filter(({ size }) => size !== 1)) {
    const outer = merged.at(-1);
    const alike = (key: "set" | "parameter"): boolean => outer?.[key] === inner[key] * inner.size;
    if (outer && alike("set") && alike("parameter"))
      merged[merged.length - 1] = { ...inner, size: outer.size * inner.size };
    else merged.push(inner);
  }
  const [members, sets] = [false, true].map((numbered) =>
    elementCount(merged.filter(({ set }) => set > 0 === numbered).map(({ size }) => size)),
  ) as [number, number];
  return { axes: merged, sets, members, parameterShape, statisticShape };
}
