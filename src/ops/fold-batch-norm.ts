// Batch normalisation folded into the convolution before it, for inference: conv(x, w) is linear in w, so that scaling its channels is scaling
// the weights that make them (Jacob et al., "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference", 2018,
// section 3.2).
import { elementTypes } from "../algorithms/parts.ts";
import type { Tensor } from "../tensor.ts";
import { checkOptions } from "../validate.ts";
import { type BatchNormOptions, checkGiven } from "./batch-norm.ts";
import { type FoldGeometry, foldSets } from "./geometry/fold.ts";
import { checkEpsilon } from "./geometry/normalisation.ts";
import type { OperationContext } from "./shared/context.ts";
import { scaleSets } from "./shared/normalise.ts";
import { dispatch, floatBits, whole } from "./shared/operation.ts";
import { bound, checkAffine, checkParameter, parameter } from "./shared/parameters.ts";
import { Scratch } from "./shared/scratch.ts";

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
export function foldBatchNorm(context: OperationContext, w: Tensor, options: FoldBatchNormOptions): FoldedWeights {
  const keys = ["mean", "variance", "scale", "shift", "epsilon", "bias", "transposed", "groups"];
  checkOptions("options", options, keys);
  const weights = context.check("w", w);
  const { dtype, layout } = weights;
  const channels = foldSets(weights.shape, layout, options);
  const shape = channels.parameterShape;
  const given = checkGiven(context, options, shape, dtype);
  const { scale, shift } = checkAffine(context, options, shape, dtype);
  const bias = options.bias === undefined ? undefined : checkParameter(context, "bias", options.bias, shape, dtype);
  const epsilon = checkEpsilon(options.epsilon);
  const results = { w: { shape: weights.shape, layout, dtype }, bias: { shape, layout, dtype } };
  const { folded, foldedBias } = context.run({
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
          ...[scale ? "ops/scale" : "ops/no-scale", shift ? "ops/shift" : "ops/no-shift"],
          ...[bias ? "ops/bias" : "ops/no-bias", "ops/fold-batch-norm"],
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
