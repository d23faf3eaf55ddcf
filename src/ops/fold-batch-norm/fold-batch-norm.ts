// Batch normalisation folded into the convolution before it, for inference: conv(x, w) is linear in w, so that scaling its channels is scaling
// the weights that make them (Jacob et al., "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference", 2018,
// section 3.2).
import { checkTensor } from "../../gpu/tensor.ts";
import { conv } from "../../conv/conv.ts";
import { elementTypes } from "../../kernel/element-types.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import { checkOptions } from "../../base/validate.ts";
import { type BatchNormOptions, checkGiven } from "../batch-norm/batch-norm.ts";
import { type FoldGeometry, foldSets } from "./geometry.ts";
import { checkEpsilon } from "../shared/geometry/normalisation.ts";
import { scaleSets } from "../shared/normalise.ts";
import { dispatch } from "../../kernel/dispatch.ts";
import { run, floatBits, whole } from "../../gpu/operation.ts";
import { bound, checkAffine, checkParameter, parameter } from "../shared/parameters.ts";
import { Scratch } from "../shared/scratch.ts";
import scaleShader from "../../../shaders/ops/shared/scale.wgsl";
import noScaleShader from "../../../shaders/ops/shared/no-scale.wgsl";
import shiftShader from "../../../shaders/ops/fold-batch-norm/shift.wgsl";
import noShiftShader from "../../../shaders/ops/fold-batch-norm/no-shift.wgsl";
import biasShader from "../../../shaders/ops/fold-batch-norm/bias.wgsl";
import noBiasShader from "../../../shaders/ops/fold-batch-norm/no-bias.wgsl";
import foldBatchNormShader from "../../../shaders/ops/fold-batch-norm/fold-batch-norm.wgsl";

export interface FoldBatchNormOptions extends BatchNormOptions, FoldGeometry {
  /** [K], that of the convolution, 0 unless given. */
  bias?: Tensor;
}

/** What a convolution is given so that its result is normalised. */
export interface FoldedWeights {
  readonly w: Tensor;
  /** [K] */
  readonly bias: Tensor;
}

/**
 * The weights and the bias with which a convolution computes what it computed with a batch normalisation after it: w scale / deviation and
 * (bias - mean) scale / deviation + shift, for the channels K of its result. The given ones stay as they are.
 *
 * @param w [K, C/groups, ...kernel] or [...kernel, C/groups, K]; of a transposed convolution [C, K/groups, ...kernel] or
 * [...kernel, K/groups, C]; or of a fully connected layer [K, features]
 * @returns new tensors, both of w's element type
 * @throws ConvError naming the argument that does not fit
 */
export function foldBatchNorm(w: Tensor, options: FoldBatchNormOptions): FoldedWeights {
  const keys = ["mean", "variance", "scale", "shift", "epsilon", "bias", "transposed", "groups"];
  checkOptions("options", options, keys);
  const weights = checkTensor("w", w);
  const { dtype, layout } = weights;
  const channels = foldSets(weights.shape, layout, options);
  const shape = channels.parameterShape;
  const given = checkGiven(options, shape, dtype);
  const { scale, shift } = checkAffine(options, shape, dtype);
  const bias = options.bias === undefined ? undefined : checkParameter("bias", options.bias, shape, dtype);
  const epsilon = checkEpsilon(options.epsilon);
  const results = { w: { shape: weights.shape, layout, dtype }, bias: { shape, layout, dtype } };
  const { folded, foldedBias } = run({
    name: "foldBatchNorm",
    inputs: { w: weights, ...given, ...(scale && { scale }), ...(shift && { shift }), ...(bias && { bias }) },
    results: { folded: results.w, foldedBias: results.bias },
    parameters: [channels, epsilon],
    recipe: () => {
      const scratch = new Scratch();
      const factor = scratch.numbers(channels.sets);
      const optional = [parameter("scale", scale), parameter("shift", shift), parameter("bias", bias)];
      const one = (tensor: Tensor | undefined): string => elementTypes(tensor?.dtype ?? "f32").one;
      const factors = dispatch({
        shaders: [
          ...[scale ? scaleShader : noScaleShader, shift ? shiftShader : noShiftShader],
          ...[bias ? biasShader : noBiasShader, foldBatchNormShader],
        ],
        aliases: { V: "f32", Q: "f32", P: one(scale ?? shift), M: one(given.mean), B: one(bias), R: one(weights) },
        ranges: bound(
          [whole("mean", given.mean), whole("variance", given.variance), factor, whole("foldedBias", results.bias)],
          ...optional,
        ),
        uniforms: [channels.sets, floatBits(epsilon)],
        threads: channels.sets,
      });
      const scaled = scaleSets(channels, { operand: "w", x: weights, y: whole("folded", results.w), factor });
      return { steps: [factors, scaled], workspaceBytes: scratch.bytes };
    },
  });
  return { w: folded, bias: foldedBias };
}
