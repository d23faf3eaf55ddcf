// How the elements of a feature map are normalised. Elements that share a mean and a deviation form a set; elements that share a scale and
// a bias have the same parameter. Each axis of memory numbers sets, parameters, both or neither; the kernels know nothing else. Shared by
// hosts and references.
import { refuse } from "../../../base/error.ts";
import { elementCount } from "../../../base/shape.ts";
import { checkFinite, checkInteger, checkShape } from "../../../base/validate.ts";
import { type Layout, splitShape } from "../../../problem/problem.ts";

/** A tensor to be normalised: [N, C, ...spatial], [N, ...spatial, C] or [N, C]. */
export interface NormalisedMap {
  readonly N: number;
  readonly channels: number;
  readonly spatial: readonly number[];
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
  /** The shape of scale and bias: in PyTorch's order of axes, whatever the layout. */
  readonly parameterShape: readonly number[];
}

/** The axes of layer normalisation: a number of last axes of [N, C, ...spatial], or the channels. */
export type LayerAxes = number | "channels";

/** @throws ConvError if the rank of the shape is not accepted */
export function normalisedMap(
  argument: string,
  shape: unknown,
  layout: Layout,
  ranks: readonly number[] = [2, 3, 4, 5],
): NormalisedMap {
  const sizes = checkShape(argument, shape, ranks);
  return sizes.length === 2
    ? { N: sizes[0]!, channels: sizes[1]!, spatial: [], layout }
    : { ...splitShape(sizes, layout), layout };
}

/** Checks the number added to a variance; 1e-5 by default, as in PyTorch. */
export function checkEpsilon(epsilon: unknown): number {
  const checked = checkFinite("epsilon", epsilon ?? 1e-5);
  if (checked < 0) refuse("invalid-argument", "epsilon", epsilon, "a number of at least 0");
  return checked;
}

/** Checks the number of groups of channels. */
export function checkGroups({ channels }: NormalisedMap, groups: unknown): number {
  const checked = checkInteger("groups", groups, 1);
  if (channels % checked !== 0) refuse("shape-mismatch", "groups", groups, `a divisor of the ${channels} channels`);
  return checked;
}

/** Checks the axes of layer normalisation; by default all but the batch. */
export function checkAxes({ spatial }: NormalisedMap, axes: unknown): LayerAxes {
  if (axes === "channels") return axes;
  const most = spatial.length + 1;
  if (axes !== undefined && typeof axes !== "number")
    refuse("invalid-argument", "axes", axes, `"channels", or an integer from 1 to ${most}`);
  return checkInteger("axes", axes ?? most, 1, most);
}

/** The shape of the scale and the bias of layer normalisation. */
export function layerShape({ channels, spatial }: NormalisedMap, axes: LayerAxes): number[] {
  return axes === "channels" ? [channels] : [channels, ...spatial].slice(-axes);
}

/** A set for each channel. */
export function batchSets(map: NormalisedMap): Normalisation {
  const { N, channels, cells, last } = sizesOf(map);
  const [batch, cell] = [axis(N, 0, 0), axis(cells, 0, 0)];
  const channel = axis(channels, 1, 1);
  return normalisation(last ? [batch, cell, channel] : [batch, channel, cell], [channels]);
}

/** A set for each group of channels of each image. */
export function groupSets(map: NormalisedMap, groups: number): Normalisation {
  const { N, channels, cells, last } = sizesOf(map);
  const own = channels / groups;
  const [batch, group, channel] = [axis(N, groups, 0), axis(groups, 1, own), axis(own, 0, 1)];
  const cell = axis(cells, 0, 0);
  return normalisation(last ? [batch, cell, group, channel] : [batch, group, channel, cell], [channels]);
}

/** A set for all elements along the given axes. */
export function layerSets(map: NormalisedMap, axes: LayerAxes): Normalisation {
  const { N, channels, cells, last } = sizesOf(map);
  const shape = layerShape(map, axes);
  if (axes === "channels") {
    const channel = axis(channels, 0, 1);
    return normalisation(
      last ? [axis(N * cells, 1, 0), channel] : [axis(N, cells, 0), channel, axis(cells, 1, 0)],
      shape,
    );
  }
  if (axes > map.spatial.length) {
    const [batch, row] = [axis(N, 1, 0), axis(channels * cells, 0, 1)];
    return normalisation(last ? [batch, axis(cells, 0, 1), axis(channels, 0, cells)] : [batch, row], shape);
  }
  const inner = elementCount(shape);
  const outer = (N * cells) / inner;
  return normalisation(
    last
      ? [axis(outer, channels, 0), axis(inner, 0, 1), axis(channels, 1, 0)]
      : [axis(outer * channels, 1, 0), axis(inner, 0, 1)],
    shape,
  );
}

/** An axis. A step along it adds `set` to the index of the set and `parameter` to the index of the parameter. */
export function axis(size: number, set: number, parameter: number): NormalisedAxis {
  return { size, set, parameter };
}

/** The sizes of a map; a matrix has one cell, and its layout makes no difference. */
function sizesOf({ N, channels, spatial, layout }: NormalisedMap) {
  return { N, channels, cells: elementCount(spatial), last: layout === "channels-last" || spatial.length === 0 };
}

/** Merges neighbouring axes that number sets and parameters as one axis would, and drops axes of size 1. */
export function normalisation(axes: readonly NormalisedAxis[], parameterShape: readonly number[]): Normalisation {
  const merged: NormalisedAxis[] = [];
  for (const inner of axes.filter(({ size }) => size > 1)) {
    const outer = merged.at(-1);
    const alike = (key: "set" | "parameter"): boolean => outer?.[key] === inner[key] * inner.size;
    if (outer && alike("set") && alike("parameter"))
      merged[merged.length - 1] = { ...inner, size: outer.size * inner.size };
    else merged.push(inner);
  }
  const sizes = merged.filter(({ set }) => set > 0).map(({ size }) => size);
  const sets = elementCount(sizes);
  return { axes: merged, sets, members: elementCount(merged.map(({ size }) => size)) / sets, parameterShape };
}
