// The cross entropy of logits and a target, and its gradient.
import crossEntropyBackwardShader from "../../../shaders/ops/cross-entropy/cross-entropy-backward.wgsl";
import crossEntropyShader from "../../../shaders/ops/cross-entropy/cross-entropy.wgsl";
import divisorGivenShader from "../../../shaders/ops/cross-entropy/divisor-given.wgsl";
import divisorSummedShader from "../../../shaders/ops/cross-entropy/divisor-summed.wgsl";
import finishLossShader from "../../../shaders/ops/cross-entropy/finish-loss.wgsl";
import gradientEachShader from "../../../shaders/ops/cross-entropy/loss-gradient-each.wgsl";
import gradientNoneShader from "../../../shaders/ops/cross-entropy/loss-gradient-none.wgsl";
import gradientOneShader from "../../../shaders/ops/cross-entropy/loss-gradient-one.wgsl";
import pickFourShader from "../../../shaders/ops/cross-entropy/pick-four.wgsl";
import pickOneShader from "../../../shaders/ops/cross-entropy/pick-one.wgsl";
import lineNormShader from "../../../shaders/ops/shared/line-norm.wgsl";
import type { TensorDtype } from "../../base/dtype.ts";
import { elementCount } from "../../base/shape.ts";
import { checkOptions } from "../../base/validate.ts";
import { run, whole } from "../../gpu/operation.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import { dispatch } from "../../kernel/dispatch.ts";
import { Workspace } from "../../kernel/workspace.ts";
import { lineMapping } from "../shared/lines.ts";
import { addUp } from "../shared/sum-parts.ts";
import { type Call, checkCall, checkLines } from "./call.ts";
import {
  CROSS_ENTROPY_KEYS,
  type CrossEntropyOptions,
  LIKELIHOOD_KEYS,
  type NegativeLogLikelihoodOptions,
} from "./geometry.ts";
import { isDense, lossStep, weightStep } from "./steps.ts";

/** The options of `crossEntropyBackward`. */
export interface CrossEntropyBackwardOptions extends CrossEntropyOptions<Tensor> {
  /** Gradient of the loss, float32 and of its shape. Default: 1 for each loss. */
  dy?: Tensor;
}

/** The options of `negativeLogLikelihoodBackward`. */
export interface NegativeLogLikelihoodBackwardOptions extends NegativeLogLikelihoodOptions<Tensor> {
  /** Gradient of the loss, float32 and of its shape. Default: 1 for each loss. */
  dy?: Tensor;
}

/**
 * Cross entropy between softmax(logits) along the channels and a target, as F.cross_entropy: for each element of the batch and each
 * position, the sum over classes c of -weight_c t_c log softmax(logits)_c, where t holds the target's probabilities, or 1 for its class and
 * 0 for the others. The mean divides by the sum of the weights of the target classes, or by the number of losses if the target has
 * probabilities. A target that is neither a class nor `ignoreIndex` makes the loss NaN.
 *
 * @param logits [N, C], [N, C, ...spatial] or [N, ...spatial, C]
 * @param target class indices, "f32" or "u32" [N] or [N, ...spatial]; or probabilities like the logits
 * @returns a new float32 tensor: [1], or [N, ...spatial] if `reduction` is "none"
 * @throws ConvError naming the invalid argument
 * @example const loss = crossEntropy(logits, classes, { labelSmoothing: 0.1 });
 */
export function crossEntropy(
  logits: Tensor,
  target: Tensor<TensorDtype>,
  options: CrossEntropyOptions<Tensor> = {},
): Tensor {
  checkOptions("options", options, CROSS_ENTROPY_KEYS);
  return loss("crossEntropy", checkCall("logits", logits, target, options));
}

/**
 * The negative log-likelihood of target classes, as F.nll_loss: `crossEntropy` of what `logSoftmax` returns. For each element of the batch and
 * each position it is minus the weight of the target class times the logarithm of its probability.
 *
 * @param logProbabilities [N, C], [N, C, ...spatial] or [N, ...spatial, C]
 * @param target class indices, "f32" or "u32" [N] or [N, ...spatial]
 * @returns a new float32 tensor: [1], or [N, ...spatial] if `reduction` is "none"
 * @throws ConvError naming the invalid argument
 * @example const loss = negativeLogLikelihood(logSoftmax(logits), classes);
 */
export function negativeLogLikelihood(
  logProbabilities: Tensor,
  target: Tensor<TensorDtype>,
  options: NegativeLogLikelihoodOptions<Tensor> = {},
): Tensor {
  checkOptions("options", options, LIKELIHOOD_KEYS);
  return loss("negativeLogLikelihood", checkCall("logProbabilities", logProbabilities, target, options));
}

function loss(name: string, call: Call): Tensor {
  const { logits, entropy, lossShape, inputs } = call;
  const y = { shape: lossShape, layout: logits.layout, dtype: "f32" } as const;
  return run({
    name,
    inputs,
    results: { y },
    parameters: entropy,
    recipe: () => {
      const mapping = lineMapping(call.lines, logits);
      const { reduction } = entropy;
      const averaged = reduction === "mean";
      const [sums, count] = [averaged ? 2 : 1, elementCount(call.losses)];
      const workspace = new Workspace();
      const losses = reduction === "none" ? whole("y", y) : workspace.numbers(sums * count);
      const steps = [
        lossStep(call, mapping, {
          shaders: [mapping.items.lanes === 4 ? pickFourShader : pickOneShader, lineNormShader, crossEntropyShader],
          constants: { INDEXED: entropy.indexed, DENSE: isDense(entropy), AVERAGED: averaged },
          ranges: [
            { ...whole(call.from, logits), binding: 1 },
            { ...losses, binding: 4 },
          ],
        }),
      ];
      if (reduction !== "none") {
        const totals = averaged ? workspace.numbers(sums) : whole("y", y);
        steps.push(...addUp(workspace, { sums, count }, losses, totals));
        if (averaged)
          steps.push(dispatch({ shaders: [finishLossShader], ranges: [totals, whole("y", y)], threads: 1 }));
      }
      return { steps, workspaceBytes: workspace.bytes };
    },
  }).y;
}

/**
 * Gradient of `crossEntropy` with respect to the logits.
 *
 * @param logits the logits of the forward operation
 * @param target the target of the forward operation
 * @param options the options of the forward operation, and the gradient of its result
 * @returns a new tensor like the logits
 * @throws ConvError naming the invalid argument
 * @example const dlogits = crossEntropyBackward(logits, classes, { labelSmoothing: 0.1 });
 */
export function crossEntropyBackward(
  logits: Tensor,
  target: Tensor<TensorDtype>,
  options: CrossEntropyBackwardOptions = {},
): Tensor {
  checkOptions("options", options, [...CROSS_ENTROPY_KEYS, "dy"]);
  return gradient("crossEntropyBackward", checkCall("logits", logits, target, options), options.dy);
}

/**
 * Gradient of `negativeLogLikelihood` with respect to the logarithms of probabilities.
 *
 * @param logProbabilities those of the forward operation
 * @param target the target of the forward operation
 * @param options the options of the forward operation, and the gradient of its result
 * @returns a new tensor like logProbabilities
 * @throws ConvError naming the invalid argument
 * @example const dx = negativeLogLikelihoodBackward(logProbabilities, classes);
 */
export function negativeLogLikelihoodBackward(
  logProbabilities: Tensor,
  target: Tensor<TensorDtype>,
  options: NegativeLogLikelihoodBackwardOptions = {},
): Tensor {
  checkOptions("options", options, [...LIKELIHOOD_KEYS, "dy"]);
  const call = checkCall("logProbabilities", logProbabilities, target, options);
  return gradient("negativeLogLikelihoodBackward", call, options.dy);
}

function gradient(name: string, call: Call, given: Tensor | undefined): Tensor {
  const { logits, entropy, inputs } = call;
  const dy = given === undefined ? undefined : checkLines("dy", given, call.lossShape, "the loss", ["f32"]);
  return run({
    name,
    inputs: { ...inputs, ...(dy && { dy }) },
    results: { dx: logits },
    parameters: entropy,
    recipe: () => {
      // The divisor of the mean is the sum of the weights of the target classes, which has to be computed first.
      const summed = entropy.reduction === "mean" && entropy.indexed;
      const count = elementCount(call.losses);
      const workspace = new Workspace();
      const [weights, sum] = [workspace.numbers(count), workspace.numbers(1)];
      const gradientShader = entropy.reduction === "none" ? gradientEachShader : gradientOneShader;
      const mapping = lineMapping(call.lines, logits);
      const main = lossStep(call, mapping, {
        shaders: [
          mapping.items.lanes === 4 ? pickFourShader : pickOneShader,
          dy ? gradientShader : gradientNoneShader,
          summed ? divisorSummedShader : divisorGivenShader,
          lineNormShader,
          crossEntropyBackwardShader,
        ],
        constants: { DENSE: isDense(entropy) },
        ranges: [
          { ...whole(call.from, logits), binding: 1 },
          { ...whole("dx", logits), binding: 4 },
          ...(dy ? [{ ...whole("dy", dy), binding: 5 }] : []),
          ...(summed ? [{ ...sum, binding: 6 }] : []),
        ],
      });
      if (!summed) return { steps: [main] };
      const steps = [weightStep(call, weights), ...addUp(workspace, { sums: 1, count }, weights, sum), main];
      return { steps, workspaceBytes: workspace.bytes };
    },
  }).dx;
}
