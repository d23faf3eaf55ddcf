// Normalisations with statistics of each image alone: layer, instance and group normalisation. Gradients compute the statistics anew from x,
// which costs one more reading of it and no memory between the passes.
import { checkTensor } from "../../gpu/tensor.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import { checkOptions } from "../../base/validate.ts";
import type { NormGradients } from "../batch-norm/batch-norm.ts";
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
import { checkLike } from "../shared/feature-map.ts";
import { finishSums, gradientSums, inputGradient, moments, normalise } from "../shared/normalise.ts";
import { run, whole } from "../../gpu/operation.ts";
import { checkAffine, parameter } from "../shared/parameters.ts";
import { Scratch } from "../shared/scratch.ts";

export interface NormOptions {
  /** 1 unless given. */
  scale?: Tensor;
  /** 0 unless given. */
  shift?: Tensor;
  /** Added to the variance, 1e-5 unless given. */
  epsilon?: number;
}

export interface NormBackwardOptions {
  /** As in the normalisation. */
  scale?: Tensor;
  /** As in the normalisation, 1e-5 unless given. */
  epsilon?: number;
}

export interface LayerOptions {
  /**
   * How many of the last axes of [N, C, ...spatial], whatever the layout, are normalised over: all but the batch unless given. scale and
   * shift have the sizes of these axes in that order (PyTorch's normalized_shape). "channels": each cell over its channels, with
   * scale and shift [C] (what ConvNeXt has).
   */
  axes?: LayerAxes;
}

export interface GroupOptions {
  /** How many groups the channels are divided into. */
  groups: number;
}

/**
 * Layer normalisation (Ba, Kiros and Hinton, 2016) as F.layer_norm: (x - mean) / sqrt(variance + epsilon) * scale + shift with the mean and
 * the biased variance of everything along the normalised axes.
 *
 * @param x [N, C, ...spatial], [N, ...spatial, C] or [N, C]
 * @returns a new tensor of x's shape
 * @throws ConvError naming the argument that does not fit
 */
export function layerNorm(x: Tensor, options: NormOptions & LayerOptions = {}): Tensor {
  return forward("layerNorm", x, options, ["axes"], (tensor) => layers(tensor, options));
}

/**
 * The gradients of `layerNorm`.
 *
 * @param dy the gradient of its result
 * @param x that of the normalisation
 * @returns new tensors: dx of x's shape, dscale and dshift of the parameters' shape
 * @throws ConvError naming the argument that does not fit
 */
export function layerNormBackward(
  dy: Tensor,
  x: Tensor,
  options: NormBackwardOptions & LayerOptions = {},
): NormGradients {
  return backward("layerNormBackward", dy, x, options, ["axes"], (tensor) => layers(tensor, options));
}

/**
 * Instance normalisation (Ulyanov, Vedaldi and Lempitsky, 2016) as F.instance_norm: each channel of each image by its own mean and biased
 * variance; scale and shift [C].
 *
 * @param x [N, C, ...spatial], or [N, ...spatial, C]
 * @returns a new tensor of x's shape
 * @throws ConvError naming the argument that does not fit
 */
export function instanceNorm(x: Tensor, options: NormOptions = {}): Tensor {
  return forward("instanceNorm", x, options, [], instances);
}

/**
 * The gradients of `instanceNorm`.
 *
 * @param dy the gradient of its result
 * @param x that of the normalisation
 * @returns new tensors: dx of x's shape, dscale and dshift [C]
 * @throws ConvError naming the argument that does not fit
 */
export function instanceNormBackward(
  dy: Tensor,
  x: Tensor,
  options: NormBackwardOptions = {},
): NormGradients {
  return backward("instanceNormBackward", dy, x, options, [], instances);
}

/**
 * Group normalisation (Wu and He, 2018) as F.group_norm: the channels of each group of each image by their mean and biased variance;
 * scale and shift [C].
 *
 * @param x [N, C, ...spatial], [N, ...spatial, C] or [N, C]
 * @returns a new tensor of x's shape
 * @throws ConvError naming the argument that does not fit
 */
export function groupNorm(x: Tensor, options: NormOptions & GroupOptions): Tensor {
  return forward("groupNorm", x, options, ["groups"], (tensor) => groups(tensor, options));
}

/**
 * The gradients of `groupNorm`.
 *
 * @param dy the gradient of its result
 * @param x that of the normalisation
 * @returns new tensors: dx of x's shape, dscale and dshift [C]
 * @throws ConvError naming the argument that does not fit
 */
export function groupNormBackward(
  dy: Tensor,
  x: Tensor,
  options: NormBackwardOptions & GroupOptions,
): NormGradients {
  return backward("groupNormBackward", dy, x, options, ["groups"], (tensor) => groups(tensor, options));
}

function layers({ shape, layout }: Tensor, options: LayerOptions): Normalisation {
  const map = normalisedMap("x.shape", shape, layout);
  return layerSets(map, checkAxes(map, options.axes));
}

/** Groups of one channel. */
function instances({ shape, layout }: Tensor): Normalisation {
  const map = normalisedMap("x.shape", shape, layout, [3, 4, 5]);
  return groupSets(map, map.channels);
}

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
  checkOptions("options", options, ["scale", "shift", "epsilon", ...keys]);
  const tensor = checkTensor("x", x);
  const normalisation = setsOf(tensor);
  const { layout, dtype, shape } = tensor;
  const { scale, shift } = checkAffine(options, normalisation.parameterShape, dtype);
  const epsilon = checkEpsilon(options.epsilon);
  const y = { shape, layout, dtype };
  return run({
    name,
    inputs: { x: tensor, ...(scale && { scale }), ...(shift && { shift }) },
    results: { y },
    parameters: [normalisation, epsilon],
    recipe: () => {
      const scratch = new Scratch();
      const statistics = { mean: scratch.numbers(normalisation.sets), inverse: scratch.numbers(normalisation.sets) };
      const steps = [
        ...moments(scratch, { normalisation, x: tensor, statistics, epsilon }),
        normalise(normalisation, {
          ...{ x: tensor, y: whole("y", y), statistics },
          ...{ scale: parameter("scale", scale), shift: parameter("shift", shift) },
        }),
      ];
      return { steps, workspaceBytes: scratch.bytes };
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
  const { scale } = checkAffine({ scale: options.scale! }, parameterShape, dtype);
  const epsilon = checkEpsilon(options.epsilon);
  const dx = { shape, layout, dtype };
  const dparameter = { shape: parameterShape, layout, dtype: scale?.dtype ?? dtype };
  return run({
    name,
    inputs: { dy: gradient, x: tensor, ...(scale && { scale }) },
    results: { dx, dscale: dparameter, dshift: dparameter },
    parameters: [normalisation, epsilon],
    recipe: () => {
      const scratch = new Scratch();
      const statistics = { mean: scratch.numbers(normalisation.sets), inverse: scratch.numbers(normalisation.sets) };
      const means = { sum: scratch.numbers(normalisation.sets), products: scratch.numbers(normalisation.sets) };
      const by = parameter("scale", scale);
      const operands = { dy: gradient, x: tensor, statistics, ...(by && { scale: by }) };
      const bySet = gradientSums(scratch, normalisation, "set", operands);
      const byParameter = gradientSums(scratch, normalisation, "parameter", operands);
      const parameters = parameterShape.reduce((product, size) => product * size, 1);
      const steps = [
        ...moments(scratch, { normalisation, x: tensor, statistics, epsilon }),
        ...bySet.steps,
        finishSums(bySet.parts, sets, { ...means, dtype: "f32", factor: 1 / members }),
        inputGradient(normalisation, operands, whole("dx", dx), means),
        ...byParameter.steps,
        finishSums(byParameter.parts, parameters, {
          ...{ sum: whole("dshift", dparameter), products: whole("dscale", dparameter) },
          dtype: dparameter.dtype,
        }),
      ];
      return { steps, workspaceBytes: scratch.bytes };
    },
  });
}
