// The tensors of each pass, under the names that callers give them: which a pass has, their shapes, and the checks of given ones.
import { describe, refuse, words } from "../base/error.ts";
import { checkOptions } from "../base/validate.ts";
import type { GpuContext } from "../gpu/context.ts";
import type { OperandBuffers } from "../gpu/executable.ts";
import { type Tensor, checkTensor } from "../gpu/tensor.ts";
import type { TensorOperand } from "../problem/operand.ts";
import { type ConvProblem, tensorShape } from "../problem/problem.ts";

/** The tensors that each pass multiplies, and its result. */
const PASS_OPERANDS = {
  forward: { reads: ["x", "w"], result: "y" },
  "backward-data": { reads: ["dy", "w"], result: "dx" },
  "backward-weights": { reads: ["x", "dy"], result: "dw" },
} as const;

/** The tensor of the forward pass that has the shape of an operand. */
const SHAPED_LIKE = { x: "x", dx: "x", w: "w", dw: "w", y: "y", dy: "y" } as const;
export type ConvOperand = Exclude<TensorOperand, "db">;

/** The tensors that a plan reads: the two operands of its pass, and those of the epilogue or activation gradient it was planned with. */
export interface ConvInputs {
  x?: Tensor;
  w?: Tensor;
  dy?: Tensor;
  bias?: Tensor;
  residual?: Tensor;
  /** The output of the activation whose derivative multiplies the gradient, or the value before it, as planned. */
  output?: Tensor;
  preActivation?: Tensor;
}

export const INPUT_NAMES = ["x", "w", "dy", "bias", "residual", "output", "preActivation"] as const;
type InputName = (typeof INPUT_NAMES)[number];
export type ResultName = "y" | "dx" | "dw";

/** The name of the result of a problem's pass. */
export function resultName({ pass }: ConvProblem): ResultName {
  return PASS_OPERANDS[pass].result;
}

/** Channel count of the result. */
export function resultChannels(problem: ConvProblem): number {
  return problem.pass === "backward-data" ? problem.C : problem.K;
}

/** The operands that a plan reads, with the names that callers give them. */
export function inputsOf(problem: ConvProblem): { name: InputName; operand: ConvOperand }[] {
  const inputs: { name: InputName; operand: ConvOperand }[] = PASS_OPERANDS[problem.pass].reads.map((name) => ({
    name,
    operand: name,
  }));
  const { epilogue, activationGradient } = problem;
  if (epilogue.bias) inputs.push({ name: "bias", operand: "bias" });
  if (epilogue.residual) inputs.push({ name: "residual", operand: "residual" });
  if (activationGradient)
    inputs.push({ name: activationGradient.from === "output" ? "output" : "preActivation", operand: "gate" });
  return inputs;
}

/** The shape of an operand, in the problem's layout. */
export function operandShape(problem: ConvProblem, operand: ConvOperand): number[] {
  if (operand === "bias") return [resultChannels(problem)];
  return tensorShape(problem, forwardRole(problem, operand));
}

/** The tensor of the forward pass that has the shape of an operand. */
export function forwardRole(problem: ConvProblem, operand: Exclude<ConvOperand, "bias">): "x" | "w" | "y" {
  if (operand === "residual") return SHAPED_LIKE[resultName(problem)];
  if (operand === "gate") return SHAPED_LIKE[problem.activationGradient?.operand ?? "dy"];
  return SHAPED_LIKE[operand];
}

/**
 * Returns the buffers of the tensors of a run.
 * @throws ConvError if a tensor is missing, unused by the plan, of another shape, layout, type or engine, or destroyed
 */
export function checkInputs(gpu: GpuContext, problem: ConvProblem, inputs: ConvInputs): OperandBuffers {
  checkOptions("inputs", inputs, INPUT_NAMES);
  const wanted = inputsOf(problem);
  const buffers: OperandBuffers = {};
  for (const { name, operand } of wanted)
    buffers[operand] = checkOperand(gpu, problem, name, operand, inputs[name]).storage;
  checkUnused(problem, wanted, inputs);
  return buffers;
}

/** @throws ConvError if a tensor is not the operand of a problem */
export function checkOperand(
  gpu: GpuContext,
  problem: ConvProblem,
  name: string,
  operand: ConvOperand,
  given: unknown,
): Tensor {
  const tensor = checkTensor(name, given);
  if (tensor.gpu !== gpu) refuse("foreign-tensor", name, words("a tensor of another engine"), "one of this engine");
  const shape = operandShape(problem, operand);
  if (tensor.shape.length !== shape.length || tensor.shape.some((size, axis) => size !== shape[axis]))
    refuse("shape-mismatch", `${name}.shape`, tensor.shape, describe(shape));
  for (const key of ["dtype", "layout"] as const) {
    if (tensor[key] !== problem[key] && !(operand === "bias" && key === "layout"))
      refuse("shape-mismatch", `${name}.${key}`, tensor[key], `"${problem[key]}", as the others`);
  }
  return tensor;
}

/** @throws ConvError if there are tensors that the plan would ignore */
export function checkUnused(problem: ConvProblem, wanted: readonly { name: string }[], given: object): void {
  const known = new Set([...wanted.map(({ name }) => name), "workspace"]);
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || known.has(name)) continue;
    const optional = !["x", "w", "y", "dx", "dw", "dy"].includes(name);
    refuse(
      "invalid-argument",
      name,
      words("a tensor"),
      optional ? "none: the plan was made without it" : `none: the ${problem.pass} pass has no ${name}`,
    );
  }
}
