// Batch normalisation folded into the weights of the convolution before it, for inference: conv(x, w) is linear in w, so scaling its
// channels is scaling the weights that compute them.
import convBiasShader from "../../../shaders/ops/fold-batch-norm/conv-bias.wgsl";
import foldBatchNormShader from "../../../shaders/ops/fold-batch-norm/fold-batch-norm.wgsl";
import noConvBiasShader from "../../../shaders/ops/fold-batch-norm/no-conv-bias.wgsl";
import { checkOptions } from "../../base/validate.ts";
import { run, whole } from "../../gpu/operation.ts";
import { type Tensor, checkTensor } from "../../gpu/tensor.ts";
import { dispatch } from "../../kernel/dispatch.ts";
import { elementTypes } from "../../kernel/element-types.ts";
import { Workspace } from "../../kernel/workspace.ts";
import type { BatchNormOptions } from "../batch-norm/batch-norm.ts";
import { like } from "../shared/feature-map.ts";
import { checkEpsilon } from "../shared/geometry/normalisation.ts";
import { biasSnippet, scaleSnippet } from "../shared/lanes.ts";
import { normalise } from "../shared/normalise.ts";
import {
  affineParameters,
  bound,
  checkAffine,
  checkParameter,
  checkStatistics,
  parameter,
} from "../shared/parameters.ts";
import { type FoldGeometry, foldSets } from "./geometry.ts";

/** The options of `foldBatchNorm`: those of the normalisation, and the bias of the convolution. */
export interface FoldBatchNormOptions extends Omit<BatchNormOptions, "axis">, FoldGeometry {
  /** [K], the bias of the convolution. Default: 0. */
  convBias?: Tensor;
}

/** The weights and the bias of a convolution whose result is normalised. */
export interface FoldedWeights {
  /** Like the given weights. */
  readonly w: Tensor;
  /** [K] */
  readonly bias: Tensor;
}

/**
 * Folds a batch normalisation into the weights before it (Jacob et al., "Quantization and Training of Neural Networks for Efficient
 * Integer-Arithmetic-Only Inference", 2018, section 3.2): w * scale / deviation and (convBias - mean) * scale / deviation + bias for each of
 * the K output channels. The given tensors stay as they are.
 *
 * @param w [K, C/groups, ...kernel] or [...kernel, C/groups, K]; of a transposed convolution [C, K/groups, ...kernel] or
 * [...kernel, K/groups, C]; of a fully connected layer [K, features]
 * @returns new tensors of w's element type
 * @throws ConvError naming the invalid argument
 * @example
 * const folded = foldBatchNorm(w, { mean, variance, scale, bias });
 * const y = conv(x, folded.w, { bias: folded.bias }); // batchNorm(conv(x, w), { mean, variance, scale, bias })
 */
export function foldBatchNorm(w: Tensor, options: FoldBatchNormOptions): FoldedWeights {
  const keys = ["mean", "variance", "scale", "bias", "epsilon", "convBias", "transposed", "groups"];
  checkOptions("options", options, keys);
  const weights = checkTensor("w", w);
  const { dtype, layout } = weights;
  const channels = foldSets(weights.shape, layout, options);
  const shape = channels.parameterShape;
  const given = checkStatistics(options, shape, dtype);
  const affine = checkAffine(options, shape, dtype);
  const convBias =
    options.convBias === undefined ? undefined : checkParameter("convBias", options.convBias, shape, dtype);
  const epsilon = checkEpsilon(options.epsilon);
  const results = { folded: weights, foldedBias: like(weights, shape) };
  const { folded, foldedBias } = run({
    name: "foldBatchNorm",
    inputs: { w: weights, ...given, ...affine, ...(convBias && { convBias }) },
    results,
    parameters: [channels, epsilon],
    recipe: () => {
      const workspace = new Workspace();
      const factor = workspace.numbers(channels.sets);
      const own = affineParameters(affine);
      const one = (tensor: Tensor | undefined): string => elementTypes(tensor?.dtype ?? "f32").one;
      const factors = dispatch({
        shaders: [
          scaleSnippet(own.scale),
          biasSnippet(own.bias),
          convBias ? convBiasShader : noConvBiasShader,
          foldBatchNormShader,
        ],
        aliases: {
          V: "f32",
          Q: "f32",
          P: one(affine.scale ?? affine.bias),
          M: one(given.mean),
          B: one(convBias),
          R: one(weights),
        },
        ranges: bound(
          [
            ...[whole("mean", given.mean), whole("variance", given.variance)],
            ...[factor, whole("foldedBias", results.foldedBias)],
          ],
          { ...own, convBias: parameter("convBias", convBias) },
        ),
        uniforms: { epsilon },
        threads: channels.sets,
      });
      const scaled = normalise(channels, {
        ...{ operand: "w", x: weights, y: whole("folded", results.folded), statistics: { inverse: factor } },
      });
      return { steps: [factors, scaled], workspaceBytes: workspace.bytes };
    },
  });
  return { w: folded, bias: foldedBias };
}
