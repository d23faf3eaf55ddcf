// The operands of each pass by name and shape, and its result by the reference.
import { operandShape, resultName } from "../../src/conv/operands.ts";
import type { ConvInputs } from "../../src/index.ts";
import type { Activation } from "../../src/problem/activation.ts";
import type { TensorOperand } from "../../src/problem/operand.ts";
import type { ConvProblem } from "../../src/problem/problem.ts";
import { activationValue, activationDerivative, backwardWeights, forward, transposed } from "../../src/reference.ts";

/** The values of a plan's inputs, by name. */
export type Operands = { [name in keyof ConvInputs]?: Float32Array };

/** The two operands that the pass multiplies, as the input and the weights of its correlation. */
export const FACTORS = {
  forward: ["x", "w"],
  "backward-data": ["dy", "w"],
  "backward-weights": ["x", "dy"],
} as const;

/** The names of all operands that a plan of the problem reads, except that of its activation gradient. */
export function namesOf(problem: ConvProblem): (keyof ConvInputs & TensorOperand)[] {
  const { bias, residual } = problem.epilogue;
  return [...FACTORS[problem.pass], ...(bias ? (["bias"] as const) : []), ...(residual ? (["residual"] as const) : [])];
}

/** The shape of an operand, or of the result. */
export function shapeOf(problem: ConvProblem, name: keyof ConvInputs | "result"): number[] {
  if (name === "result") return operandShape(problem, resultName(problem));
  return operandShape(problem, name === "output" || name === "preActivation" ? "gate" : name);
}

/** The derivative of an activation as a function of its output, if that determines it. */
function derivativeFromOutput(activation: Activation, y: number): number {
  switch (activation.name) {
    case "sigmoid":
      return y * (1 - y);
    case "tanh":
      return 1 - y * y;
    case "elu":
      return y > 0 ? 1 : y + activation.parameter;
    default:
      return activationDerivative(activation, y);
  }
}

/** An operand as a factor: a gradient behind an activation is first multiplied by the derivative. */
function factor(problem: ConvProblem, operands: Operands, name: "x" | "w" | "dy"): ArrayLike<number> {
  const by = problem.activationGradient;
  if (by?.operand !== name) return operands[name]!;
  const values = (by.from === "output" ? operands.output : operands.preActivation)!;
  const slope = (value: number): number =>
    by.from === "output" ? derivativeFromOutput(by.activation, value) : activationDerivative(by.activation, value);
  return Float64Array.from(operands[name]!, (value, at) => value * slope(values[at]!));
}

/** The two factors of the pass. */
export function factorsOf(problem: ConvProblem, operands: Operands): [Float64Array, Float64Array] {
  const [a, b] = FACTORS[problem.pass];
  return [Float64Array.from(factor(problem, operands, a)), Float64Array.from(factor(problem, operands, b))];
}

/** The result of the pass, in float64. */
export function reference(problem: ConvProblem, operands: Operands): Float64Array {
  const [a, b] = factorsOf(problem, operands);
  if (problem.pass === "backward-weights") return backwardWeights(problem, a, b);
  const epilogue = { bias: operands.bias, residual: operands.residual };
  return (problem.pass === "forward" ? forward : transposed)(problem, a, b, epilogue);
}

/** Turns arbitrary numbers into the operand of an activation gradient: the output of the activation, or its argument. */
export function gateValues({ activationGradient }: ConvProblem, values: Float32Array): Float32Array {
  if (activationGradient?.from !== "output") return values;
  return values.map((value) => activationValue(activationGradient.activation, value));
}
