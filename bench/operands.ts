// The numbers that a problem is measured on, the same ones for whoever computes it.
import { elementCount } from "../src/base/shape.ts";
import { inputsOf, operandShape } from "../src/conv/operands.ts";
import { noise } from "../src/planner/noise.ts";
import type { ConvProblem } from "../src/problem/problem.ts";
import type { Operand } from "./yardstick.ts";

/** What a pass reads, in the order of its arguments. */
export function operandsOf(problem: ConvProblem): Operand[] {
  return inputsOf(problem).map(({ name, operand }, at) => {
    const shape = operandShape(problem, operand);
    return { name: name as Operand["name"], shape, values: noise(elementCount(shape), at + 1) };
  });
}
