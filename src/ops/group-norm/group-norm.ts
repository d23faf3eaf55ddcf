// Normalisations with separate statistics for each image: layer, instance and group normalisation. Gradients compute the statistics again
// from x, which costs one more read of it and no memory between the passes.
import { elementCount } from "../../base/shape.ts";
import { checkOptions } from "../../base/validate.ts";
import { run, whole } from "../../gpu/operation.ts";
import { type Tensor, checkTensor } from "../../gpu/tensor.ts";
import { Workspace } from "../../kernel/workspace.ts";
import { checkLike } from "../shared/feature-map.ts";
import {
  type LayerAxes,
  type Normalisation,
  checkAxes,
  checkEpsilon,
  checkGroups,
  groupSets,
  layerSets,
  normalisedMap,
} from "../shared/geometry/normalisation.ts";
import {
  type NormGradients,
  finishSums,
  gradientSums,
  inputGradient,
  moments,
  normalise,
  statisticsIn,
} from "../shared/normalise.ts";
import { checkAffine, parameter } from "../shared/parameters.ts";

/** The options common to `layerNorm`, `instanceNorm` and `groupNorm`. */
export interface NormOptions {
  /** Default: 1. */
  scale?: Tensor;
  /** Default: 0. */
  bias?: Tensor;
  /** Added to the variance. Default: 1e-5. */
  epsilon?: number;
}

/** The options common to the gradients of `layerNorm`, `instanceNorm` and `groupNorm`. */
export interface NormBackwardOptions {
  /** As in the normalisation. */
  scale?: Tensor;
  /** As in the normalisation. Default: 1e-5. */
  epsilon?: number;
}

/** The option of layer normalisation. */
export interface LayerOptions {
  /**
   * The number of last axes of [N, C, ...spatial], whatever the layout, to normalise over. Default: all but the batch. scale and bias have
   * the sizes of these axes in that order (PyTorch's normalized_shape). "channels": each cell over its channels, with scale and bias [C],
   * as in ConvNeXt.
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
 * bias, with the mean and the biased variance over the normalised axes.
 *
 * @param x [N, C, ...spatial], [N, ...spatial, C] or [N, C]
 * @returns a new tensor of x's shape
 * @throws ConvError naming the invalid argument
 * @example const y = layerNorm(x, { axes: "channels", scale, bias });
 */
export function layerNorm(x: Tensor, options: NormOptions & LayerOptions = {}): Tensor {
  return forward("layerNorm", x, options, ["axes"], (tensor) => layers(tensor, options));
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
  return backward("layerNormBackward", dy, x, options, ["axes"], (tensor) => layers(tensor, options));
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
  return forward("instanceNorm", x, options, [], instances);
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
  return backward("instanceNormBackward", dy, x, options, [], instances);
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
  return forward("groupNorm", x, options, ["groups"], (tensor) => groups(tensor, options));
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
  return backward("groupNormBackward", dy, x, options, ["groups"], (tensor) => groups(tensor, options));
}

/** A set for all elements along the normalised axes. */
function layers({ shape, layout }: Tensor, options: LayerOptions): Normalisation {
  const map = normalisedMap("x.shape", shape, layout);
  return layerSets(map, checkAxes(map, options.axes));
}

/** A set for each channel of each image: a group of one channel. */
function instances({ shape, layout }: Tensor): Normalisation {
  const map = normalisedMap("x.shape", shape, layout, [3, 4, 5]);
  return groupSets(map, map.channels);
}

/** A set for each group of channels of each image. */
function groups({ shape, layout }: Tensor, options: GroupOptions): Normalisation {
  const map = normalisedMap("x.shape", shape, layout);
  return groupSets(map, checkGroups(map, options.groups));
}

function forward(
  name: string,
  x: Tensor,
  options: NormOptions,
  keys: readonly string[],
  setsOf: (x: Tensor) => Normalisation,
): Tensor {
  checkOptions("options", options, ["scale", "bias", "epsilon", ...keys]);
  const tensor = checkTensor("x", x);
  const normalisation = setsOf(tensor);
  const { layout, dtype, shape } = tensor;
  const { scale, bias } = checkAffine(options, normalisation.parameterShape, dtype);
  const epsilon = checkEpsilon(options.epsilon);
  const y = { shape, layout, dtype };
  return run({
    name,
    inputs: { x: tensor, ...(scale && { scale }), ...(bias && { bias }) },
    results: { y },
    parameters: [normalisation, epsilon],
    recipe: () => {
      const workspace = new Workspace();
      const statistics = statisticsIn(workspace, normalisation);
      const steps = [
        ...moments(workspace, { normalisation, x: tensor, statistics, epsilon }),
        normalise(normalisation, {
          ...{ x: tensor, y: whole("y", y), statistics },
          ...{ scale: parameter("scale", scale), bias: parameter("bias", bias) },
        }),
      ];
      return { steps, workspaceBytes: workspace.bytes };
    },
  }).y;
}

function backward(
  name: string,
  dy: Tensor,
  x: Tensor,
  options: NormBackwardOptions,
  keys: readonly string[],
  setsOf: (x: Tensor) => Normalisation,
): NormGradients {
  checkOptions("options", options, ["scale", "epsilon", ...keys]);
  const tensor = checkTensor("x", x);
  const normalisation = setsOf(tensor);
  const { layout, dtype, shape } = tensor;
  const { sets, members, parameterShape } = normalisation;
  const gradient = checkLike("dy", dy, tensor, "the shape of x");
  const { scale } = checkAffine({ scale: options.scale }, parameterShape, dtype);
  const epsilon = checkEpsilon(options.epsilon);
  const dx = { shape, layout, dtype };
  const dparameter = { shape: parameterShape, layout, dtype: scale?.dtype ?? dtype };
  return run({
    name,
    inputs: { dy: gradient, x: tensor, ...(scale && { scale }) },
    results: { dx, dscale: dparameter, dbias: dparameter },
    parameters: [normalisation, epsilon],
    recipe: () => {
      const workspace = new Workspace();
      const statistics = statisticsIn(workspace, normalisation);
      const means = { sum: workspace.numbers(sets), products: workspace.numbers(sets) };
      const by = parameter("scale", scale);
      const operands = { dy: gradient, x: tensor, statistics, ...(by && { scale: by }) };
      const bySet = gradientSums(workspace, normalisation, "set", operands);
      const byParameter = gradientSums(workspace, normalisation, "parameter", operands);
      const steps = [
        ...moments(workspace, { normalisation, x: tensor, statistics, epsilon }),
        ...bySet.steps,
        finishSums(bySet.parts, sets, { ...means, dtype: "f32", factor: 1 / members }),
        inputGradient(normalisation, operands, whole("dx", dx), means),
        ...byParameter.steps,
        finishSums(byParameter.parts, elementCount(parameterShape), {
          ...{ sum: whole("dbias", dparameter), products: whole("dscale", dparameter) },
          dtype: dparameter.dtype,
        }),
      ];
      return { steps, workspaceBytes: workspace.bytes };
    },
  });
}
