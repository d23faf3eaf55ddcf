// The input values of a problem, the same for every engine that computes it.
import { elementCount } from "../src/base/shape.ts";
import { inputsOf, operandShape } from "../src/conv/operands.ts";
import { noise } from "../src/planner/noise.ts";
import type { ConvProblem } from "../src/problem/problem.ts";
import type { Operand } from "./ground-truth.ts";

/** Returns the operands that a pass reads, in the order of its arguments. */
export function operandsOf(problem: ConvProblem): Operand[] {
  return inputsOf(problem).map(({ name, operand }, at) => {
    const shape = operandShape(problem, operand);
    return { name: name as Operand["name"], shape, values: noise(elementCount(shape), at + 1) };
  });
}
