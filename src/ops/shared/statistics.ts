// The statistics of the sets of a normalisation: computed from x, or from given means and variances.
import finishMagnitudesShader from "../../../shaders/ops/shared/finish-magnitudes.wgsl";
import finishMomentsShader from "../../../shaders/ops/shared/finish-moments.wgsl";
import finishRunningMomentsShader from "../../../shaders/ops/shared/finish-running-moments.wgsl";
import givenMomentsShader from "../../../shaders/ops/shared/given-moments.wgsl";
import mergeMomentsShader from "../../../shaders/ops/shared/merge-moments.wgsl";
import varianceShader from "../../../shaders/ops/shared/variance.wgsl";
import type { Dtype } from "../../base/dtype.ts";
import { whole } from "../../gpu/operation.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import { type Range, dispatch } from "../../kernel/dispatch.ts";
import { elementTypes } from "../../kernel/element-types.ts";
import type { Step } from "../../kernel/step.ts";
import type { Workspace } from "../../kernel/workspace.ts";
import type { Normalisation } from "./geometry/normalisation.ts";
import { lanesOf } from "./lanes.ts";
import { type Reduced, isInWorkspace, reduceMoments } from "./reduce.ts";

/** What the numbers of each set are divided by, in float32, and the mean that is subtracted first unless they are not centred. */
export interface Statistics {
  readonly mean?: Range;
  /** 1 / the divisor. */
  readonly inverse: Range;
}

/** The mean and the inverse deviation of each set. */
export type Moments = Required<Statistics>;

/** The running statistics of training, updated in place. */
export interface Running {
  readonly mean: Range;
  readonly variance: Range;
  readonly dtype: Dtype;
  readonly momentum: number;
  /** Whether the running variance is the one of n, like that of the batch; else of n - 1. */
  readonly biased: boolean;
}

/**
 * Computes the mean of each set and its inverse deviation, 1 / sqrt(variance + epsilon) with the biased variance. Running statistics move
 * towards the mean and the variance. Four or eight numbers at a time go through the two-pass method, and their moments are merged by the pairwise
 * formula of Chan, Golub and LeVeque ("Algorithms for Computing the Sample Variance: Analysis and Recommendations", The American
 * Statistician 37, 1983). Numbers are never squared before a mean close to their own is subtracted, so the mean may be large beside the
 * deviation. Right wherever float32 holds the mean and the variance: squares of large distances are summed in smaller units. A variance
 * below 1.2e-38 may count as 0.
 */
export function moments(
  workspace: Workspace,
  normalisation: Normalisation,
  x: Tensor,
  { statistics, epsilon, running }: { statistics: Moments; epsilon: number; running?: Running | undefined },
): Step<string>[] {
  const { sets, members } = normalisation;
  const { steps, parts } = momentsOf(workspace, normalisation, x);
  const finish = dispatch({
    shaders: [varianceShader, running ? finishRunningMomentsShader : finishMomentsShader],
    aliases: running ? { M: elementTypes(running.dtype).one } : {},
    ranges: [parts, statistics.mean, statistics.inverse, running?.mean, running?.variance],
    ...(isInWorkspace(statistics.mean) && { readWrite: [1] }),
    uniforms: {
      epsilon,
      ...(running && { momentum: running.momentum, unbiased: running.biased ? 1 : members / Math.max(members - 1, 1) }),
    },
    threads: sets,
  });
  return [...steps, finish];
}

/** The root of the mean square (0), the sum of the magnitudes (1), or the root of the sum of the squares (2). */
export type Norm = 0 | 1 | 2;

/**
 * Computes the inverse magnitude of each set, right up to magnitudes of 4e37. The squares follow from the moments: n (mean^2 + variance).
 * @param bound a number added to the mean square (norm 0), or the largest inverse
 */
export function magnitudes(
  workspace: Workspace,
  normalisation: Normalisation,
  x: Tensor,
  { inverse, norm, bound }: { inverse: Range; norm: Norm; bound: number },
): Step<string>[] {
  const { steps, parts } = momentsOf(workspace, normalisation, x, norm === 1);
  const finish = dispatch({
    shaders: [mergeMomentsShader, finishMagnitudesShader],
    constants: { NORM: norm },
    ranges: [parts, inverse],
    ...(isInWorkspace(inverse) && { readWrite: [1] }),
    uniforms: { bound },
    threads: normalisation.sets,
  });
  return [...steps, finish];
}

function momentsOf(workspace: Workspace, normalisation: Normalisation, x: Tensor, ofMagnitudes = false): Reduced {
  return reduceMoments(
    workspace,
    { lanes: lanesOf(normalisation), owner: "set", dtype: x.dtype, ranges: [whole("x", x)] },
    ofMagnitudes,
  );
}

/** Computes the statistics from given means and variances of one element type. */
export function givenMoments(
  statistics: Moments,
  { mean, variance, epsilon }: { mean: Tensor; variance: Tensor; epsilon: number },
): Step<string> {
  return dispatch({
    shaders: [givenMomentsShader],
    aliases: { M: elementTypes(mean.dtype).one },
    ranges: [whole("mean", mean), whole("variance", variance), statistics.mean, statistics.inverse],
    uniforms: { epsilon },
    threads: mean.size,
  });
}
