// Steps beside those of the algorithms: one fills what is no sum, such as cells of a gradient that no output depends on; one folds the gradient
// of a border that repeats the input.
import fillShader from "../../shaders/algorithms/fill.wgsl";
import foldPaddingShader from "../../shaders/algorithms/fold-padding.wgsl";
import { elementCount } from "../base/shape.ts";
import { F32_BYTES } from "../kernel/element-types.ts";
import { copiesSnippet } from "../kernel/padding.ts";
import { BINDING, type Step } from "../kernel/step.ts";
import { type Correlation, operandLayouts } from "../problem/correlation.ts";
import { gradientOperands, paddedSize, repeatsInput } from "../problem/gradients.ts";
import type { ConvProblem } from "../problem/problem.ts";
import { alongAxes, dispatchOn, outputUniforms, result } from "./operands.ts";

/** Bytes of the gradient of the padded input; 0 if the border repeats no cell. */
export function paddedBytes(problem: ConvProblem): number {
  return repeatsInput(problem) ? problem.N * problem.C * elementCount(paddedSize(problem)) * F32_BYTES : 0;
}

/** Fills all outputs of a correlation with the epilogue of 0. */
export function fillStep(c: Correlation): Step {
  const { yStrideG: _, ...place } = outputUniforms(c);
  return dispatchOn([result(c)], {
    threads: c.N * c.K * elementCount(c.output),
    shaders: [fillShader],
    uniforms: { channels: c.K, ...place },
  });
}

/** Folds the gradient of the padded input into that of the input, and applies the epilogue. */
export function foldStep(problem: ConvProblem): Step {
  const { N, C, input, padBegin, paddingMode } = problem;
  const copies = copiesSnippet(paddingMode);
  const padded = paddedSize(problem);
  const { x } = operandLayouts(problem);
  const { x: from } = operandLayouts({ ...problem, input: padded });
  const gradient = gradientOperands(problem);
  const end = result({
    ...gradient,
    epilogue: problem.epilogue,
    y: { ...gradient.y, operand: "dx" },
    sizes: { ...gradient.sizes, y: N * C * elementCount(input) },
  });
  return dispatchOn([end], {
    threads: N * C * elementCount(input),
    shaders: [copies.shader, foldPaddingShader],
    constants: copies.constants,
    ranges: [{ binding: BINDING.first, operand: "padded", offset: 0, size: paddedBytes(problem) }],
    uniforms: {
      channels: C,
      ...alongAxes("input", input),
      ...alongAxes("begin", padBegin),
      ...alongAxes("padded", padded),
      fromN: from.batch,
      fromC: from.channel,
      ...alongAxes("from", from.spatial),
      yStrideN: x.batch,
      yStrideC: x.channel,
      ...alongAxes("yStride", x.spatial),
    },
  });
}
