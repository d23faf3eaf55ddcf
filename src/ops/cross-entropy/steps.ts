// The steps of a cross entropy: kernels over the lines of logits.
import classWeightsShader from "../../../shaders/ops/cross-entropy/class-weights.wgsl";
import entropyShader from "../../../shaders/ops/cross-entropy/entropy.wgsl";
import lineWeightsShader from "../../../shaders/ops/cross-entropy/line-weights.wgsl";
import noClassWeightsShader from "../../../shaders/ops/cross-entropy/no-class-weights.wgsl";
import targetClassesShader from "../../../shaders/ops/cross-entropy/target-classes.wgsl";
import targetProbabilitiesShader from "../../../shaders/ops/cross-entropy/target-probabilities.wgsl";
import { elementCount } from "../../base/shape.ts";
import { whole } from "../../gpu/operation.ts";
import { type Range, dispatch } from "../../kernel/dispatch.ts";
import { elementTypes } from "../../kernel/element-types.ts";
import type { Shader } from "../../kernel/shader.ts";
import type { Constant, Step } from "../../kernel/step.ts";
import { type LineMapping, singleLines } from "../shared/lines.ts";
import type { Call } from "./call.ts";
import type { Entropy } from "./geometry.ts";

/** The snippets, constants and ranges of a loss kernel, beside the target and the class weights. */
export interface LossKernel {
  readonly shaders: readonly Shader[];
  readonly constants?: Readonly<Record<string, Constant>>;
  /** Each names its binding. */
  readonly ranges: readonly Range[];
}

/** Whether every class may have a weight in a line's loss. */
export function isDense({ indexed, smoothing }: Entropy): boolean {
  return !indexed || smoothing > 0;
}

/** A step over the lines of logits. */
export function lossStep(
  { from, entropy, lines, losses, target, weight, logits }: Call,
  mapping: LineMapping,
  { shaders, constants, ranges }: LossKernel,
): Step<string> {
  const { reduction, smoothing, ignored, indexed } = entropy;
  const divisor = reduction === "mean" ? elementCount(losses) : 1;
  return dispatch({
    shaders: [
      ...mapping.shaders,
      entropyShader,
      indexed ? targetClassesShader : targetProbabilitiesShader,
      weight ? classWeightsShader : noClassWeightsShader,
      ...shaders,
    ],
    constants: { ...mapping.constants, ...constants, LOGITS: from === "logits" },
    aliases: {
      ...mapping.aliases,
      T: target.dtype === "u32" ? mapping.aliases.U : mapping.aliases.L,
      ...(weight && { E: elementTypes(logits.dtype).one }),
    },
    ranges: [
      ...ranges,
      { ...whole("target", target), binding: 2 },
      ...(weight ? [{ ...whole("weight", weight), binding: 3 }] : []),
    ],
    uniforms: {
      lines: mapping.uniforms,
      ...{ keep: 1 - smoothing, spread: smoothing / lines.size, ignored, divisor },
    },
    workgroups: mapping.workgroups,
  });
}

/** The step that writes the weight of each line in the mean. */
export function weightStep(call: Call, weights: Range): Step<string> {
  const mapping = singleLines(elementCount(call.losses), call.lines.size);
  return lossStep(call, mapping, { shaders: [lineWeightsShader], ranges: [{ ...weights, binding: 4 }] });
}
