// Batch normalisation: with given statistics, and with those of the batch (Ioffe and Szegedy, "Batch Normalization: Accelerating Deep Network
// Training by Reducing Internal Covariate Shift", 2015).
import { checkTensor } from "../../gpu/tensor.ts";
import type { Dtype } from "../../base/dtype.ts";
import { refuse, words } from "../../base/error.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import { checkOptions } from "../../base/validate.ts";
import { checkMomentum } from "./geometry.ts";
import { type Normalisation, batchSets, checkEpsilon, normalisedMap } from "../shared/geometry/normalisation.ts";
import { checkLike } from "../shared/feature-map.ts";
import {
  type Statistics,
  finishSums,
  givenMoments,
  gradientSums,
  inputGradient,
  moments,
  normalise,
  scaleSets,
} from "../shared/normalise.ts";
import { run, whole } from "../../gpu/operation.ts";
import { checkAffine, checkParameter, parameter } from "../shared/parameters.ts";
import { Scratch } from "../shared/scratch.ts";

interface Affine {
  /** [C], 1 unless given. */
  scale?: Tensor;
  /** [C], 0 unless given. */
  shift?: Tensor;
}

export interface BatchNormOptions extends Affine {
  /** [C] */
  mean: Tensor;
  /** [C] */
  variance: Tensor;
  /** Added to the variance, 1e-5 unless given. */
  epsilon?: number;
}

export interface BatchNormTrainingOptions extends Affine {
  /** Added to the variance, 1e-5 unless given. */
  epsilon?: number;
  /** How far the running statistics go towards those of the batch, 0.1 unless given. */
  momentum?: number;
  /** [C], changed in place where it is given: with runningVariance. */
  runningMean?: Tensor;
  /** [C], towards the unbiased variance (of n - 1), as PyTorch's. */
  runningVariance?: Tensor;
}

/** The result of a batch normalisation in training, and what its gradient is computed with. */
export interface BatchNormTraining {
  readonly y: Tensor;
  /** [C], of the batch, in float32. */
  readonly mean: Tensor;
  /** [C], 1 / sqrt(variance + epsilon), with the biased variance (of n), in float32. */
  readonly inverseDeviation: Tensor;
}

export interface BatchNormBackwardOptions {
  /** [C]: what `batchNormTraining` returned, or the mean that `batchNorm` was given. */
  mean: Tensor;
  /** [C]: what `batchNormTraining` returned. The gradient is that of a normalisation whose statistics depend on x. */
  inverseDeviation?: Tensor;
  /** [C]: the variance that `batchNorm` was given. The gradient is that of a normalisation whose statistics do not depend on x. */
  variance?: Tensor;
  /** [C], as in the normalisation. */
  scale?: Tensor;
  /** That of the normalisation, with `variance`. */
  epsilon?: number;
}

/** The gradients of a normalisation; those of scale and shift whether they were given or not. */
export interface NormGradients {
  readonly dx: Tensor;
  /** In the type of scale where it is given, else in that of x. */
  readonly dscale: Tensor;
  readonly dshift: Tensor;
}

/**
 * (x - mean) / sqrt(variance + epsilon) * scale + shift, channel by channel, as F.batch_norm for inference.
 *
 * @param x [N, C, ...spatial], [N, ...spatial, C] or [N, C]
 * @returns a new tensor of x's shape
 * @throws ConvError naming the argument that does not fit
 */
export function batchNorm(x: Tensor, options: BatchNormOptions): Tensor {
  checkOptions("options", options, ["mean", "variance", "scale", "shift", "epsilon"]);
  const { tensor, normalisation, shape } = checkInput(x);
  const { dtype } = tensor;
  const given = checkGiven(options, shape, dtype);
  const { scale, shift } = checkAffine(options, shape, dtype);
  const epsilon = checkEpsilon(options.epsilon);
  const y = { shape: tensor.shape, layout: tensor.layout, dtype };
  return run({
    name: "batchNorm",
    inputs: { x: tensor, ...given, ...(scale && { scale }), ...(shift && { shift }) },
    results: { y },
    parameters: epsilon,
    recipe: () => {
      const scratch = new Scratch();
      const statistics = statisticsOf(scratch, normalisation);
      const steps = [
        givenMoments(statistics, { ...given, epsilon }),
        normalise(normalisation, {
          ...{ x: tensor, y: whole("y", y), statistics },
          ...{ scale: parameter("scale", scale), shift: parameter("shift", shift) },
        }),
      ];
      return { steps, workspaceBytes: scratch.bytes };
    },
  }).y;
}

/**
 * The same with the mean and the biased variance of the batch, as F.batch_norm for training.
 *
 * @param x [N, C, ...spatial], [N, ...spatial, C] or [N, C], with more than one number for each channel
 * @returns new tensors: y of x's shape, and the statistics
 * @throws ConvError naming the argument that does not fit
 */
export function batchNormTraining(
  x: Tensor,
  options: BatchNormTrainingOptions = {},
): BatchNormTraining {
  const keys = ["scale", "shift", "epsilon", "momentum", "runningMean", "runningVariance"];
  checkOptions("options", options, keys);
  const { tensor, normalisation, shape } = checkInput(x);
  if (normalisation.members === 1)
    refuse("shape-mismatch", "x.shape", tensor.shape, "more than one number for each channel");
  const { layout, dtype } = tensor;
  const { scale, shift } = checkAffine(options, shape, dtype);
  const epsilon = checkEpsilon(options.epsilon);
  const running = checkRunning(options, shape, dtype);
  const momentum = checkMomentum(options.momentum, running !== undefined);
  const y = { shape: tensor.shape, layout, dtype };
  const statistic = { shape, layout, dtype: "f32" as const };
  return run({
    name: "batchNormTraining",
    inputs: { x: tensor, ...(scale && { scale }), ...(shift && { shift }), ...running },
    results: { y, mean: statistic, inverseDeviation: statistic },
    updates: running ? ["runningMean", "runningVariance"] : [],
    parameters: [epsilon, momentum],
    recipe: () => {
      const scratch = new Scratch();
      const statistics = { mean: whole("mean", statistic), inverse: whole("inverseDeviation", statistic) };
      const steps = moments(scratch, {
        ...{ normalisation, x: tensor, statistics, epsilon },
        ...(running && {
          running: {
            mean: whole("runningMean", running.runningMean),
            variance: whole("runningVariance", running.runningVariance),
            dtype: running.runningMean.dtype,
            momentum,
          },
        }),
      });
      steps.push(
        normalise(normalisation, {
          ...{ x: tensor, y: whole("y", y), statistics },
          ...{ scale: parameter("scale", scale), shift: parameter("shift", shift) },
        }),
      );
      return { steps, workspaceBytes: scratch.bytes };
    },
  });
}

/**
 * The gradients of `batchNormTraining`, where inverseDeviation is given, or of `batchNorm`, where variance is.
 *
 * @param dy the gradient of its result
 * @param x that of the normalisation
 * @returns new tensors: dx of x's shape, dscale and dshift [C]
 * @throws ConvError naming the argument that does not fit
 */
export function batchNormBackward(
  dy: Tensor,
  x: Tensor,
  options: BatchNormBackwardOptions,
): NormGradients {
  checkOptions("options", options, ["mean", "inverseDeviation", "variance", "scale", "epsilon"]);
  const { tensor, normalisation, shape } = checkInput(x);
  const { layout, dtype } = tensor;
  const gradient = checkLike("dy", dy, tensor, "the shape of x");
  const { scale } = checkAffine({ scale: options.scale! }, shape, dtype);
  const { inverseDeviation, variance, epsilon: given } = options;
  if ((inverseDeviation === undefined) === (variance === undefined))
    refuse(
      "invalid-argument",
      "inverseDeviation",
      inverseDeviation && words("a tensor"),
      "it or variance: one of both",
    );
  if (inverseDeviation !== undefined && given !== undefined)
    refuse("invalid-argument", "epsilon", given, "none with inverseDeviation, which it is part of");
  const epsilon = checkEpsilon(given);
  const statisticTensors =
    inverseDeviation !== undefined
      ? {
          mean: checkParameter("mean", options.mean, shape, "f32"),
          inverseDeviation: checkParameter("inverseDeviation", inverseDeviation, shape, "f32"),
        }
      : checkGiven({ mean: options.mean, variance: variance! }, shape, dtype);
  const dx = { shape: tensor.shape, layout, dtype };
  const dparameter = { shape, layout, dtype: scale?.dtype ?? dtype };
  const training = inverseDeviation !== undefined;
  return run({
    name: "batchNormBackward",
    inputs: { dy: gradient, x: tensor, ...statisticTensors, ...(scale && { scale }) },
    results: { dx, dscale: dparameter, dshift: dparameter },
    parameters: [training, epsilon],
    recipe: () => {
      const scratch = new Scratch();
      const { sets, members } = normalisation;
      const by = parameter("scale", scale);
      const statistics =
        "inverseDeviation" in statisticTensors
          ? {
              mean: whole("mean", statisticTensors.mean),
              inverse: whole("inverseDeviation", statisticTensors.inverseDeviation),
            }
          : statisticsOf(scratch, normalisation);
      const prepared =
        "variance" in statisticTensors ? [givenMoments(statistics, { ...statisticTensors, epsilon })] : [];
      const operands = { dy: gradient, x: tensor, statistics, ...(by && { scale: by }) };
      const { steps, parts } = gradientSums(scratch, normalisation, "parameter", operands);
      const tensors = { sum: whole("dshift", dparameter), products: whole("dscale", dparameter) };
      const finish = finishSums(parts, sets, { ...tensors, dtype: dparameter.dtype });
      // The sets are the channels too: their means are the same sums.
      const means = { sum: scratch.numbers(normalisation.sets), products: scratch.numbers(normalisation.sets) };
      const meanStep = finishSums(parts, sets, {
        ...means,
        dtype: "f32",
        factor: 1 / members,
        ...(by && { scale: by }),
      });
      const last = training
        ? [meanStep, inputGradient(normalisation, operands, whole("dx", dx), means)]
        : [
            scaleSets(normalisation, {
              ...{ operand: "dy", x: gradient, y: whole("dx", dx), factor: statistics.inverse },
              ...(by && { scale: by }),
            }),
          ];
      return {
        steps: [...prepared, ...steps, finish, ...last],
        workspaceBytes: scratch.bytes,
      };
    },
  });
}

function checkInput(
  x: Tensor,
): { tensor: Tensor; normalisation: Normalisation; shape: readonly number[] } {
  const tensor = checkTensor("x", x);
  const normalisation = batchSets(normalisedMap("x.shape", tensor.shape, tensor.layout));
  return { tensor, normalisation, shape: normalisation.parameterShape };
}

/** A mean and a variance of one type among the options. */
export function checkGiven(
  options: { mean: Tensor; variance: Tensor },
  shape: readonly number[],
  dtype: Dtype,
): { mean: Tensor; variance: Tensor } {
  const mean = checkParameter("mean", options.mean, shape, dtype);
  const variance = checkParameter("variance", options.variance, shape, dtype);
  if (variance.dtype !== mean.dtype)
    refuse("shape-mismatch", "variance.dtype", variance.dtype, `"${mean.dtype}", as mean has`);
  return { mean, variance };
}

function checkRunning(
  { runningMean, runningVariance }: BatchNormTrainingOptions,
  shape: readonly number[],
  dtype: Dtype,
): { runningMean: Tensor; runningVariance: Tensor } | undefined {
  if (runningMean === undefined && runningVariance === undefined) return undefined;
  const checked = {
    runningMean: checkParameter("runningMean", runningMean, shape, dtype),
    runningVariance: checkParameter("runningVariance", runningVariance, shape, dtype),
  };
  if (checked.runningMean.dtype !== checked.runningVariance.dtype)
    refuse(
      "shape-mismatch",
      "runningVariance.dtype",
      checked.runningVariance.dtype,
      `"${checked.runningMean.dtype}", as runningMean has`,
    );
  if (checked.runningMean.buffer === checked.runningVariance.buffer)
    refuse("invalid-argument", "runningVariance", words("the buffer of runningMean"), "a buffer of its own");
  return checked;
}

/** Memory of the workspace for the statistics. */
function statisticsOf(scratch: Scratch, normalisation: Normalisation): Statistics {
  return { mean: scratch.numbers(normalisation.sets), inverse: scratch.numbers(normalisation.sets) };
}
