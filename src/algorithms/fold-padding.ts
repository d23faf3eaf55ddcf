// What completes a gradient of the input: cells that no output depends on, and the border of an input that its padding repeats.
import { COPIES_SHADERS } from "../kernel/padding.ts";
import { bytesFor } from "../base/dtype.ts";
import { BINDING, type Step, gridFor, WORKGROUP_SIZE } from "../kernel/step.ts";
import type { ConvProblem } from "../problem/problem.ts";
import { elementCount } from "../base/shape.ts";
import { operandLayouts } from "../problem/correlation.ts";
import { gradientOperands, paddedSize, repeatsInput } from "../problem/gradients.ts";
import { F32_BYTES, elementTypes } from "../kernel/element-types.ts";
import { epilogueBindings, epilogueConstants, epilogueShaders, outputAlias, whole } from "./operands.ts";
import fillShader from "../../shaders/algorithms/fill.wgsl";
import foldPaddingShader from "../../shaders/algorithms/fold-padding.wgsl";
import mainShader from "../../shaders/lib/main.wgsl";

/** Bytes of the gradient of the padded input, 0 where the border takes none. */
export function paddedBytes(problem: ConvProblem): number {
  return repeatsInput(problem) ? problem.N * problem.C * elementCount(paddedSize(problem)) * F32_BYTES : 0;
}

/** What the epilogue of the result asks of a step: the gradient has the channels and the size of the input. */
function epilogueOf({ epilogue, C, dtype, N, input }: ConvProblem) {
  return epilogueBindings({ epilogue, K: C, dtype, sizes: { x: 0, w: 0, y: N * C * elementCount(input) } });
}

function resultBytes({ N, C, input, dtype }: ConvProblem): number {
  return bytesFor(N * C * elementCount(input), dtype);
}

/** Writes what follows a sum of nothing into all cells, before the phases write theirs: the epilogue of 0, or a 0 into the padded gradient. */
export function fillStep(problem: ConvProblem): Step {
  const c = gradientOperands(problem);
  const { y } = c;
  const threads = c.N * c.K * elementCount(c.output);
  return {
    kernel: {
      shaders: [mainShader, ...epilogueShaders(c.epilogue), fillShader],
      aliases: outputAlias(c),
      constants: { WORKGROUP_SIZE, ...epilogueConstants(c.epilogue) },
    },
    bindings: [whole(BINDING.output, "y", c), ...epilogueBindings(c)],
    uniforms: [threads, c.K, ...c.output, y.start, y.batch, y.group, y.channel, ...y.spatial],
    workgroups: gridFor(threads),
  };
}

/** Folds the gradient of the padded input into that of the input, and finishes with the epilogue. */
export function foldStep(problem: ConvProblem): Step {
  const { N, C, input, padBegin, padEnd, epilogue } = problem;
  const { x } = operandLayouts(problem);
  const { x: from } = operandLayouts({ ...problem, input: paddedSize(problem) });
  const threads = N * C * elementCount(input);
  return {
    kernel: {
      shaders: [mainShader, ...epilogueShaders(epilogue), COPIES_SHADERS[problem.paddingMode as keyof typeof COPIES_SHADERS], foldPaddingShader],
      aliases: { Y: elementTypes(problem.dtype).one },
      constants: { WORKGROUP_SIZE, ...epilogueConstants(epilogue) },
    },
    bindings: [
      { binding: BINDING.first, operand: "padded", offset: 0, size: paddedBytes(problem) },
      { binding: BINDING.output, operand: "dx", offset: 0, size: resultBytes(problem) },
      ...epilogueOf(problem),
    ],
    uniforms: [
      ...[threads, C],
      ...[...input, ...padBegin, ...padEnd],
      ...[from.batch, from.channel, ...from.spatial],
      ...[x.batch, x.channel, ...x.spatial],
    ],
    workgroups: gridFor(threads),
  };
}
