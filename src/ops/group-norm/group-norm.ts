// Normalisations with separate statistics for each image: layer, instance and group normalisation.
import type { Tensor } from "../../gpu/tensor.ts";
import { type LayerAxes, groupSets, instanceSets, layerSets } from "../shared/geometry/normalisation.ts";
import { type Kind, normaliseSets, normaliseSetsBackward } from "../shared/normalise-calls.ts";
import type { NormGradients } from "../shared/parameters.ts";

/** The options common to `layerNorm`, `instanceNorm` and `groupNorm`. */
export interface NormOptions {
  /** Default: 1. */
  scale?: Tensor;
  /** Default: 0. */
  bias?: Tensor;
  /** Added to the variance. Default: 1e-5. */
  epsilon?: number;
}

/** The result of a normalisation, and its statistics. */
export interface NormWithStatistics {
  readonly y: Tensor;
  /** In float32: x's shape with 1 in place of the normalised axes, or of groups and instances [N, groups] and [N, C]. */
  readonly mean: Tensor;
  /** Like the mean: 1 / sqrt(variance + epsilon), with the biased variance (of n). */
  readonly inverseDeviation: Tensor;
}

/** The options common to the gradients of `layerNorm`, `instanceNorm` and `groupNorm`. */
export interface NormBackwardOptions {
  /** As in the normalisation. */
  scale?: Tensor;
  /** As in the normalisation. Default: 1e-5. */
  epsilon?: number;
  /** The mean that the forward pass returned, with `inverseDeviation`. Default: computed again from x. */
  mean?: Tensor;
  /** The inverse deviation that the forward pass returned, which includes epsilon. */
  inverseDeviation?: Tensor;
}

/** The option of layer normalisation. */
export interface LayerOptions {
  /**
   * The axes to normalise over, and the order in which scale and bias have their sizes. Default: all but the batch.
   *
   * - a number of last axes of [N, C, ...spatial], whatever the layout (PyTorch's normalized_shape)
   * - "channels": each cell over its channels, with scale and bias [C], as in ConvNeXt
   * - a list of axes of x's shape, negative ones counted from the end; they need not lie together. With none of them every number is a set
   *   of its own, and the result is the bias.
   */
  axes?: LayerAxes;
}

/** The option of group normalisation. */
export interface GroupOptions {
  /** Number of groups of channels: a divisor of the channels. */
  groups: number;
}

/**
 * Layer normalisation (Ba, Kiros and Hinton, "Layer Normalization", 2016) as F.layer_norm: (x - mean) / sqrt(variance + epsilon) * scale +
 * bias, with the mean and the biased variance over the normalised axes. Right wherever float32 holds the mean and the variance.
 *
 * @param x [N, C, ...spatial], [N, ...spatial, C] or [N, C]; with a list of axes of any shape
 * @returns a new tensor of x's shape
 * @throws ConvError naming the invalid argument
 * @example const y = layerNorm(x, { axes: "channels", scale, bias });
 */
export function layerNorm(x: Tensor, options: NormOptions & LayerOptions = {}): Tensor {
  return normaliseSets(layers(options), x, options, false)["y"]!;
}

/**
 * `layerNorm`, and the mean and the inverse deviation of each set, from which its gradient need not compute them again.
 *
 * @param x as for `layerNorm`, with at least one number along the axes
 * @returns new tensors
 * @throws ConvError naming the invalid argument
 * @example const { y, mean, inverseDeviation } = layerNormWithStatistics(x, { axes: [-1], scale, bias });
 */
export function layerNormWithStatistics(x: Tensor, options: NormOptions & LayerOptions = {}): NormWithStatistics {
  return withStatistics(layers(options), x, options);
}

/**
 * Gradients of `layerNorm`.
 *
 * @param dy gradient of the result
 * @param x the x of the normalisation
 * @returns new tensors: dx of x's shape, dscale and dbias of the shape of the parameters
 * @throws ConvError naming the invalid argument
 * @example const { dx, dscale, dbias } = layerNormBackward(dy, x, { axes: "channels", scale });
 */
export function layerNormBackward(
  dy: Tensor,
  x: Tensor,
  options: NormBackwardOptions & LayerOptions = {},
): NormGradients {
  return gradients(layers(options), dy, x, options);
}

/**
 * Instance normalisation (Ulyanov, Vedaldi and Lempitsky, "Instance Normalization: The Missing Ingredient for Fast Stylization", 2016) as
 * F.instance_norm: each channel of each image by its own mean and biased variance; scale and bias [C].
 *
 * @param x [N, C, ...spatial] or [N, ...spatial, C]
 * @returns a new tensor of x's shape
 * @throws ConvError naming the invalid argument
 * @example const y = instanceNorm(x, { scale, bias });
 */
export function instanceNorm(x: Tensor, options: NormOptions = {}): Tensor {
  return normaliseSets(INSTANCES, x, options, false)["y"]!;
}

/**
 * `instanceNorm`, and the mean and the inverse deviation of each channel of each image [N, C].
 *
 * @param x as for `instanceNorm`, with at least one cell
 * @returns new tensors
 * @throws ConvError naming the invalid argument
 * @example const { y, mean, inverseDeviation } = instanceNormWithStatistics(x, { scale, bias });
 */
export function instanceNormWithStatistics(x: Tensor, options: NormOptions = {}): NormWithStatistics {
  return withStatistics(INSTANCES, x, options);
}

/**
 * Gradients of `instanceNorm`.
 *
 * @param dy gradient of the result
 * @param x the x of the normalisation
 * @returns new tensors: dx of x's shape, dscale and dbias [C]
 * @throws ConvError naming the invalid argument
 * @example const { dx } = instanceNormBackward(dy, x);
 */
export function instanceNormBackward(dy: Tensor, x: Tensor, options: NormBackwardOptions = {}): NormGradients {
  return gradients(INSTANCES, dy, x, options);
}

/**
 * Group normalisation (Wu and He, "Group Normalization", 2018) as F.group_norm: each group of channels of each image by its own mean and
 * biased variance; scale and bias [C].
 *
 * @param x [N, C, ...spatial], [N, ...spatial, C] or [N, C]
 * @returns a new tensor of x's shape
 * @throws ConvError naming the invalid argument
 * @example const y = groupNorm(x, { groups: 32, scale, bias });
 */
export function groupNorm(x: Tensor, options: NormOptions & GroupOptions): Tensor {
  return normaliseSets(groupsOf(options), x, options, false)["y"]!;
}

/**
 * `groupNorm`, and the mean and the inverse deviation of each group of each image [N, groups].
 *
 * @param x as for `groupNorm`, with at least one number in a group
 * @returns new tensors
 * @throws ConvError naming the invalid argument
 * @example const { y, mean, inverseDeviation } = groupNormWithStatistics(x, { groups: 32, scale, bias });
 */
export function groupNormWithStatistics(x: Tensor, options: NormOptions & GroupOptions): NormWithStatistics {
  return withStatistics(groupsOf(options), x, options);
}

/**
 * Gradients of `groupNorm`.
 *
 * @param dy gradient of the result
 * @param x the x of the normalisation
 * @returns new tensors: dx of x's shape, dscale and dbias [C]
 * @throws ConvError naming the invalid argument
 * @example const { dx, dscale, dbias } = groupNormBackward(dy, x, { groups: 32, scale });
 */
export function groupNormBackward(dy: Tensor, x: Tensor, options: NormBackwardOptions & GroupOptions): NormGradients {
  return gradients(groupsOf(options), dy, x, options);
}

const COMMON = { mean: "mean", inverse: "inverseDeviation", epsilon: 1e-5 } as const;

const INSTANCES: Kind = { ...COMMON, name: "instanceNorm", keys: [], setsOf: instanceSets };

// The options are read when they have been checked to be an object.
function layers(options: LayerOptions): Kind {
  return { ...COMMON, name: "layerNorm", keys: ["axes"], setsOf: (x) => layerSets(x, options.axes) };
}

function groupsOf(options: GroupOptions): Kind {
  return { ...COMMON, name: "groupNorm", keys: ["groups"], setsOf: (x) => groupSets(x, options.groups) };
}

function withStatistics(kind: Kind, x: Tensor, options: NormOptions): NormWithStatistics {
  return normaliseSets(kind, x, options, true) as unknown as NormWithStatistics;
}

function gradients(kind: Kind, dy: Tensor, x: Tensor, options: NormBackwardOptions): NormGradients {
  return normaliseSetsBackward(kind, dy, x, options) as unknown as NormGradients;
}
