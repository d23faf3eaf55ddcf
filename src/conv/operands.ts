// The tensors of each pass, under the names that callers give them: which a pass has, their shapes, and the checks of given ones.
import { bytesFor } from "../base/dtype.ts";
import { describe, refuse, words } from "../base/error.ts";
import { checkOptions } from "../base/validate.ts";
import type { GpuContext } from "../gpu/context.ts";
import type { OperandBuffers } from "../gpu/executable.ts";
import { Tensor, checkTensor } from "../gpu/tensor.ts";
import { checkBuffer } from "../gpu/usage.ts";
import type { TensorOperand } from "../problem/operand.ts";
import { type ConvProblem, operandBytes, tensorShape } from "../problem/problem.ts";

/** The tensors that each pass multiplies, and its result. */
const PASS_OPERANDS = {
  forward: { reads: ["x", "w"], result: "y" },
  "backward-data": { reads: ["dy", "w"], result: "dx" },
  "backward-weights": { reads: ["x", "dy"], result: "dw" },
} as const;

/** The tensor of the forward pass that has the shape of an operand. */
const SHAPED_LIKE = { x: "x", dx: "x", w: "w", dw: "w", y: "y", dy: "y" } as const;
type ConvOperand = Exclude<TensorOperand, "db">;

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

/** Buffers to record a plan on: those of its inputs and of its result. Without `workspace` the plan allocates one until it is destroyed. */
export type ConvBuffers = { [name in keyof ConvInputs]: GPUBuffer | Tensor } & {
  y?: GPUBuffer | Tensor;
  dx?: GPUBuffer | Tensor;
  dw?: GPUBuffer | Tensor;
  workspace?: GPUBuffer;
};

const INPUT_NAMES = ["x", "w", "dy", "bias", "residual", "output", "preActivation"] as const;
export const BUFFER_NAMES = [...INPUT_NAMES, "y", "dx", "dw", "workspace"] as const;
type InputName = (typeof INPUT_NAMES)[number];
export type ResultName = "y" | "dx" | "dw";

/** The name of the result of a problem's pass. */
export function resultName({ pass }: ConvProblem): ResultName {
  return PASS_OPERANDS[pass].result;
}

/** Channel count of the result. */
function resultChannels(problem: ConvProblem): number {
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

/** Bytes of the buffer of an operand. */
export function bufferBytes(problem: ConvProblem, operand: ConvOperand): number {
  return operand === "bias"
    ? bytesFor(resultChannels(problem), problem.dtype)
    : operandBytes(problem, forwardRole(problem, operand));
}

function forwardRole(problem: ConvProblem, operand: Exclude<ConvOperand, "bias">): "x" | "w" | "y" {
  if (operand === "residual") return SHAPED_LIKE[resultName(problem)];
  if (operand === "gate") return SHAPED_LIKE[problem.activationGradient?.operand ?? "dy"];
  return SHAPED_LIKE[operand];
}

/** Bytes of all operands that a run reads or writes, each counted once. */
export function bytesMoved(problem: ConvProblem): number {
  const operands = [...inputsOf(problem).map(({ operand }) => operand), resultName(problem)];
  return operands.reduce((sum, operand) => sum + bufferBytes(problem, operand), 0);
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

/**
 * Returns the buffers to record a plan on, without the workspace.
 * @throws ConvError if a buffer is missing, too small, without usage STORAGE, or both read and written
 */
export function checkBuffers(gpu: GpuContext, problem: ConvProblem, buffers: ConvBuffers): OperandBuffers {
  checkOptions("buffers", buffers, BUFFER_NAMES);
  const result = resultName(problem);
  const wanted = [...inputsOf(problem), { name: result, operand: result }];
  const operands: OperandBuffers = {};
  for (const { name, operand } of wanted) {
    const given = buffers[name];
    operands[operand] =
      given instanceof Tensor
        ? // The encoder is submitted later: the buffer must outlive a tensor that is dropped before then.
          checkOperand(gpu, problem, name, operand, given).buffer
        : checkOwnBuffer(name, given, bufferBytes(problem, operand));
  }
  checkUnused(problem, wanted, buffers);
  for (const { name, operand } of inputsOf(problem)) {
    if (operands[operand] === operands[result])
      refuse("invalid-argument", `buffers.${result}`, words(`the buffer of ${name}`), "a buffer of its own");
  }
  return operands;
}

function checkOperand(
  gpu: GpuContext,
  problem: ConvProblem,
  name: string,
  operand: ConvOperand,
  given: unknown,
): Tensor {
  const tensor = checkTensor(name, given);
  if (tensor.gpu !== gpu) refuse("foreign-tensor", name, words("a tensor of another engine"), "one of this engine");
  const shape = operandShape(problem, operand);
  if (describe(tensor.shape) !== describe(shape))
    refuse("shape-mismatch", `${name}.shape`, tensor.shape, describe(shape));
  for (const key of ["dtype", "layout"] as const) {
    if (tensor[key] !== problem[key] && !(operand === "bias" && key === "layout"))
      refuse("shape-mismatch", `${name}.${key}`, tensor[key], `"${problem[key]}", as the others`);
  }
  return tensor;
}

/** @throws ConvError if there are tensors that the plan would ignore */
function checkUnused(
  problem: ConvProblem,
  wanted: readonly { name: string }[],
  given: Readonly<Record<string, unknown>> | ConvBuffers,
): void {
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

/** Checks a workspace of the caller's, which must not be one of the other buffers: the plan would overwrite it. */
export function checkWorkspace(operands: OperandBuffers, given: unknown, bytes: number): GPUBuffer {
  const buffer = checkOwnBuffer("workspace", given, bytes);
  const other = Object.entries(operands).find(([, operand]) => operand === buffer);
  if (other) refuse("invalid-argument", "buffers.workspace", words(`the buffer of ${other[0]}`), "a buffer of its own");
  return buffer;
}

function checkOwnBuffer(operand: string, given: unknown, bytes: number): GPUBuffer {
  return checkBuffer(`buffers.${operand}`, given, bytes, { takes: "a GPUBuffer or a Tensor" });
}
