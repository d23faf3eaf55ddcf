// Batch normalisation with given statistics (inference) and with batch statistics (training), and its gradients.
import type { Dtype } from "../../base/dtype.ts";
import { refuse, words } from "../../base/error.ts";
import { checkOptions } from "../../base/validate.ts";
import { run, whole } from "../../gpu/operation.ts";
import { type Tensor, checkTensor } from "../../gpu/tensor.ts";
import { Workspace } from "../../kernel/workspace.ts";
import { checkLike } from "../shared/feature-map.ts";
import { type Normalisation, batchSets, checkEpsilon } from "../shared/geometry/normalisation.ts";
import { finishSums, gradientSums, inputGradient, normalise } from "../shared/normalise.ts";
import {
  type NormGradients,
  affineParameters,
  checkAffine,
  checkParameter,
  checkSameType,
  checkStatistics,
  parameter,
} from "../shared/parameters.ts";
import { type Moments, givenMoments, moments } from "../shared/statistics.ts";
import { checkDeviation, checkRunningOptions } from "./geometry.ts";

export type { NormGradients };

/** The option common to batch normalisation and its gradient. */
interface BatchAxis {
  /** The axis of the channels, in the shape of the tensor; counted from the end if negative. Default: that of the layout. */
  axis?: number;
}

interface Affine extends BatchAxis {
  /** [C]. Default: 1. */
  scale?: Tensor;
  /** [C]. Default: 0. */
  bias?: Tensor;
}

/** The options of `batchNorm`. */
export interface BatchNormOptions extends Affine {
  /** [C] */
  mean: Tensor;
  /** [C] */
  variance: Tensor;
  /** Added to the variance. Default: 1e-5. */
  epsilon?: number;
}

/** The options of `batchNormTraining`. */
export interface BatchNormTrainingOptions extends Affine {
  /** Added to the variance. Default: 1e-5. */
  epsilon?: number;
  /** Fraction by which the running statistics move towards the batch statistics. Default: 0.1. */
  momentum?: number;
  /** [C], updated in place; requires runningVariance. */
  runningMean?: Tensor;
  /** [C], updated in place with the unbiased variance (of n - 1), as in PyTorch. */
  runningVariance?: Tensor;
  /** Whether the running variance is updated with the biased variance (of n) instead, as in ONNX. Default: false. */
  biasedVariance?: boolean;
}

/** The result of `batchNormTraining`, and the statistics that its gradient needs. */
export interface BatchNormTraining {
  readonly y: Tensor;
  /** [C], of the batch, in float32. */
  readonly mean: Tensor;
  /** [C], 1 / sqrt(variance + epsilon), with the biased variance (of n), in float32. */
  readonly inverseDeviation: Tensor;
}

/** The options of `batchNormBackward`: either `inverseDeviation` or `variance`. */
export interface BatchNormBackwardOptions extends BatchAxis {
  /** [C]: the mean that `batchNormTraining` returned, or that was passed to `batchNorm`. */
  mean: Tensor;
  /** [C], returned by `batchNormTraining`. The gradient then takes into account that the statistics depend on x. */
  inverseDeviation?: Tensor;
  /** [C], passed to `batchNorm`. The gradient then treats the statistics as constants. */
  variance?: Tensor;
  /** [C], as in the normalisation. */
  scale?: Tensor;
  /** As in the normalisation; only with `variance`. Default: 1e-5. */
  epsilon?: number;
}

/**
 * Batch normalisation for inference (Ioffe and Szegedy, "Batch Normalization: Accelerating Deep Network Training by Reducing Internal
 * Covariate Shift", 2015), as F.batch_norm: (x - mean) / sqrt(variance + epsilon) * scale + bias, channel by channel.
 *
 * @param x [N, C, ...spatial], [N, ...spatial, C] or [N, C]; with an axis of any shape
 * @returns a new tensor of x's shape
 * @throws ConvError naming the invalid argument
 * @example const y = batchNorm(x, { mean, variance, scale, bias });
 */
export function batchNorm(x: Tensor, options: BatchNormOptions): Tensor {
  checkOptions("options", options, ["mean", "variance", "scale", "bias", "epsilon", "axis"]);
  const { tensor, normalisation, shape } = checkInput(x, options);
  const { dtype } = tensor;
  const given = checkStatistics(options, shape, dtype);
  const affine = checkAffine(options, shape, dtype);
  const epsilon = checkEpsilon(options.epsilon);
  return run({
    name: "batchNorm",
    inputs: { x: tensor, ...given, ...affine },
    results: { y: tensor },
    parameters: [normalisation, epsilon],
    recipe: () => {
      const workspace = new Workspace();
      const statistics = statisticsIn(workspace, normalisation);
      const steps = [
        givenMoments(statistics, { ...given, epsilon }),
        normalise(normalisation, {
          ...{ x: tensor, y: whole("y", tensor), statistics },
          ...affineParameters(affine),
        }),
      ];
      return { steps, workspaceBytes: workspace.bytes };
    },
  }).y;
}

/**
 * Batch normalisation for training (Ioffe and Szegedy 2015, algorithm 1), as F.batch_norm: with the mean and the biased variance of the
 * batch.
 *
 * @param x as for `batchNorm`, with more than one number for each channel
 * @returns new tensors: y of x's shape, and the statistics
 * @throws ConvError naming the invalid argument
 * @example const { y, mean, inverseDeviation } = batchNormTraining(x, { scale, bias, runningMean, runningVariance });
 */
export function batchNormTraining(x: Tensor, options: BatchNormTrainingOptions = {}): BatchNormTraining {
  const keys = ["scale", "bias", "epsilon", "axis", "momentum", "runningMean", "runningVariance", "biasedVariance"];
  checkOptions("options", options, keys);
  const { tensor, normalisation, shape } = checkInput(x, options);
  if (normalisation.members < 2)
    refuse("shape-mismatch", "x.shape", tensor.shape, "more than one number for each channel");
  const { layout, dtype } = tensor;
  const affine = checkAffine(options, shape, dtype);
  const epsilon = checkEpsilon(options.epsilon);
  const running = checkRunning(options, shape, dtype);
  const own = checkRunningOptions(options, running !== undefined);
  const statistic = { shape, layout, dtype: "f32" as const };
  return run({
    name: "batchNormTraining",
    inputs: { x: tensor, ...affine, ...running },
    results: { y: tensor, mean: statistic, inverseDeviation: statistic },
    updates: running ? ["runningMean", "runningVariance"] : [],
    parameters: [normalisation, epsilon, own],
    recipe: () => {
      const workspace = new Workspace();
      const statistics = { mean: whole("mean", statistic), inverse: whole("inverseDeviation", statistic) };
      const steps = moments(workspace, normalisation, tensor, {
        ...{ statistics, epsilon },
        running: running && {
          mean: whole("runningMean", running.runningMean),
          variance: whole("runningVariance", running.runningVariance),
          dtype: running.runningMean.dtype,
          ...own,
        },
      });
      steps.push(
        normalise(normalisation, {
          ...{ x: tensor, y: whole("y", tensor), statistics },
          ...affineParameters(affine),
        }),
      );
      return { steps, workspaceBytes: workspace.bytes };
    },
  });
}

/**
 * Gradients of `batchNormTraining` if inverseDeviation is given, or of `batchNorm` if variance is.
 *
 * @param dy gradient of the result
 * @param x the x of the normalisation
 * @returns new tensors: dx of x's shape, dscale and dbias [C]
 * @throws ConvError naming the invalid argument
 * @example const { dx, dscale, dbias } = batchNormBackward(dy, x, { mean, inverseDeviation, scale });
 */
export function batchNormBackward(dy: Tensor, x: Tensor, options: BatchNormBackwardOptions): NormGradients {
  checkOptions("options", options, ["mean", "inverseDeviation", "variance", "scale", "epsilon", "axis"]);
  const { tensor, normalisation, shape } = checkInput(x, options);
  const { layout, dtype } = tensor;
  const gradient = checkLike("dy", dy, tensor, "the shape of x");
  const { scale } = checkAffine({ scale: options.scale }, shape, dtype);
  const { inverseDeviation, variance } = options;
  const epsilon = checkDeviation(options);
  const statisticTensors =
    inverseDeviation !== undefined
      ? {
          mean: checkParameter("mean", options.mean, shape, "f32"),
          inverseDeviation: checkParameter("inverseDeviation", inverseDeviation, shape, "f32"),
        }
      : checkStatistics({ mean: options.mean, variance: variance! }, shape, dtype);
  const dparameter = { shape, layout, dtype: scale?.dtype ?? dtype };
  const training = inverseDeviation !== undefined;
  return run({
    name: "batchNormBackward",
    inputs: { dy: gradient, x: tensor, ...statisticTensors, ...(scale && { scale }) },
    results: { dx: tensor, dscale: dparameter, dbias: dparameter },
    parameters: [normalisation, training, epsilon],
    recipe: () => {
      const workspace = new Workspace();
      const { sets, members } = normalisation;
      const by = parameter("scale", scale);
      const statistics: Moments =
        "inverseDeviation" in statisticTensors
          ? {
              mean: whole("mean", statisticTensors.mean),
              inverse: whole("inverseDeviation", statisticTensors.inverseDeviation),
            }
          : statisticsIn(workspace, normalisation);
      const prepared =
        "variance" in statisticTensors ? [givenMoments(statistics, { ...statisticTensors, epsilon })] : [];
      const operands = { dy: gradient, x: tensor, statistics, scale: by };
      const { steps, parts } = gradientSums(workspace, normalisation, "parameter", operands);
      const tensors = { sum: whole("dbias", dparameter), products: whole("dscale", dparameter) };
      const finish = finishSums(parts, sets, { ...tensors, dtype: dparameter.dtype });
      // Sets and parameters are both numbered by channel, so the means over the sets come from the same sums.
      const means = { sum: workspace.numbers(sets), products: workspace.numbers(sets) };
      const meanStep = finishSums(parts, sets, {
        ...means,
        dtype: "f32",
        factor: 1 / members,
        scale: by,
      });
      const last = training
        ? [meanStep, inputGradient(normalisation, operands, whole("dx", tensor), means)]
        : [
            normalise(normalisation, {
              ...{ operand: "dy", x: gradient, y: whole("dx", tensor), scale: by },
              statistics: { inverse: statistics.inverse },
            }),
          ];
      return {
        steps: [...prepared, ...steps, finish, ...last],
        workspaceBytes: workspace.bytes,
      };
    },
  });
}

function checkInput(
  x: Tensor,
  { axis }: BatchAxis,
): { tensor: Tensor; normalisation: Normalisation; shape: readonly number[] } {
  const tensor = checkTensor("x", x);
  const normalisation = batchSets(tensor, axis);
  return { tensor, normalisation, shape: normalisation.parameterShape };
}

/** Workspace for the statistics of each set. */
function statisticsIn(workspace: Workspace, { sets }: Normalisation): Moments {
  return { mean: workspace.numbers(sets), inverse: workspace.numbers(sets) };
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
  checkSameType("runningVariance", checked.runningVariance, "runningMean", checked.runningMean);
  if (checked.runningMean.storage === checked.runningVariance.storage)
    refuse("invalid-argument", "runningVariance", words("the buffer of runningMean"), "a buffer of its own");
  return checked;
}
