// The step beside those of the algorithms that fills what is no sum, such as cells of a gradient that no output depends on.
import fillShader from "../../shaders/algorithms/fill.wgsl";
import { elementCount } from "../base/shape.ts";
import type { Step } from "../kernel/step.ts";
import type { Correlation } from "../problem/correlation.ts";
import { dispatchOn, outputUniforms, result } from "./operands.ts";

/** Fills all outputs of a correlation with the epilogue of 0. */
export function fillStep(c: Correlation): Step {
  return dispatchOn([result(c)], {
    threads: c.N * c.K * elementCount(c.output),
    shaders: [fillShader],
    uniforms: { channels: c.K, ...outputUniforms(c) },
  });
}
