// The gradient of the input in one dispatch, whatever the stride: each thread gathers the terms of one cell, from the taps that meet it. Cells
// share no loads, so phases are faster while they are few; a stride of 300 along two axes has up to 90 000 of them.
import gatherGradientShader from "../../shaders/algorithms/gather-gradient.wgsl";
import { greatestCommonDivisor } from "../base/arithmetic.ts";
import { elementCount } from "../base/shape.ts";
import { dispatch } from "../kernel/dispatch.ts";
import { BINDING, type Step } from "../kernel/step.ts";
import type { Uniforms } from "../kernel/uniforms.ts";
import { gradientOperands } from "../problem/gradients.ts";
import { type ConvProblem, multiplyAdds } from "../problem/problem.ts";
import { OUTPUT_LOADS, type Work, numberBytes } from "./cost.ts";
import { alongAxes, inputUniforms, join, loader, outputUniforms, result, weightUniforms } from "./operands.ts";

/** The inverse of `a` modulo `modulus`, which must have no common divisor with it. */
export function inverse(a: number, modulus: number): number {
  let [old, rest] = [a % modulus, modulus];
  let [factor, next] = [1, 0];
  while (rest !== 0) {
    const quotient = Math.floor(old / rest);
    [old, rest] = [rest, old - quotient * rest];
    [factor, next] = [next, factor - quotient * next];
  }
  return ((factor % modulus) + modulus) % modulus;
}

/** How the kernel finds the first tap that meets a cell: the quotient of the cell by `divisor`, times `factor`, modulo `step`. */
function tapUniforms(stride: number, dilation: number): Uniforms {
  const divisor = greatestCommonDivisor(stride, dilation);
  const step = stride / divisor;
  return { divisor, step, factor: inverse(dilation / divisor, step) };
}

/** The step that computes the gradient. */
export function gatherStep(problem: ConvProblem): Step {
  const c = gradientOperands(problem);
  const { groups, kernel, stride, dilation, output } = c;
  const operands = join(loader(c, "x", BINDING.first), loader(c, "w", BINDING.second), result(c));
  return dispatch({
    threads: c.N * c.K * elementCount(output),
    shaders: [...operands.shaders, gatherGradientShader],
    aliases: operands.aliases,
    constants: operands.constants,
    ranges: operands.bindings,
    uniforms: {
      groups,
      groupC: c.C / groups,
      groupK: c.K / groups,
      ...alongAxes("kernel", kernel, "taps"),
      ...alongAxes("stride", stride),
      ...alongAxes("dilation", dilation),
      tapsD: tapUniforms(stride[0], dilation[0]),
      tapsH: tapUniforms(stride[1], dilation[1]),
      tapsW: tapUniforms(stride[2], dilation[2]),
      ...inputUniforms(c),
      ...outputUniforms(c),
      ...weightUniforms(c),
    },
  });
}

/**
 * Cost of a term, in equivalent loads: two loads, each with its address, in a loop of its own. On SwiftShader 49 ms against 18 by phases (3 to
 * 64 channels, 16 x 16 taps, 128 x 128 cells), and 900 against 90 (3 to 192 channels, 32 x 32 taps, 224 x 224 cells).
 */
const TERM_LOADS = 15;

/** The work of the step. */
export function gatherWork(problem: ConvProblem): Work {
  const c = gradientOperands(problem);
  const threads = c.N * c.K * elementCount(c.output);
  const terms = multiplyAdds(problem);
  return {
    threads,
    multiplyAdds: terms,
    loads: TERM_LOADS * terms + OUTPUT_LOADS * threads,
    bytes: numberBytes(...Object.values(c.sizes)),
  };
}
