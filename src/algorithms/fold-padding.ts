// The step beside those of the algorithms that folds the gradient of a border that repeats the input.
import foldPaddingShader from "../../shaders/algorithms/fold-padding.wgsl";
import { elementCount } from "../base/shape.ts";
import { copiesSnippet } from "../kernel/copies.ts";
import { F32_BYTES } from "../kernel/element-types.ts";
import { BINDING, type Step } from "../kernel/step.ts";
import { operandLayouts } from "../problem/correlation.ts";
import { gradientOperands, paddedSize, repeatsInput } from "../problem/gradients.ts";
import type { ConvProblem } from "../problem/problem.ts";
import { OUTPUT_LOADS, type Work, numberBytes } from "./cost.ts";
import { alongAxes, dispatchOn, result } from "./operands.ts";

/** Bytes of the gradient of the padded input; 0 if the border repeats no cell. */
export function paddedBytes(problem: ConvProblem): number {
  return repeatsInput(problem) ? problem.N * problem.C * elementCount(paddedSize(problem)) * F32_BYTES : 0;
}

/** The work of folding: reads the gradient of the padded input and writes that of the input. */
export function foldWork(problem: ConvProblem): Work {
  const padded = paddedBytes(problem);
  const threads = problem.N * problem.C * elementCount(problem.input);
  const loads = padded / F32_BYTES + OUTPUT_LOADS * threads;
  return { threads, multiplyAdds: 0, loads, bytes: padded + numberBytes(threads) };
}

/** Folds the gradient of the padded input into that of the input, and applies the epilogue. */
export function foldStep(problem: ConvProblem): Step {
  const { N, C, input, padBegin, paddingMode } = problem;
  const copies = copiesSnippet(paddingMode, true);
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
      ...alongAxes("yStride", x.spatial),
      yChannels: { stride: x.channel },
    },
  });
}
