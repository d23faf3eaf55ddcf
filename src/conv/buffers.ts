// The buffers that a plan is recorded on: their sizes, and the checks of given ones.
import { bytesFor } from "../base/dtype.ts";
import { refuse, words } from "../base/error.ts";
import { checkOptions } from "../base/validate.ts";
import type { GpuContext } from "../gpu/context.ts";
import type { OperandBuffers } from "../gpu/executable.ts";
import { Tensor } from "../gpu/tensor.ts";
import { checkBuffer } from "../gpu/usage.ts";
import { type ConvProblem, operandBytes } from "../problem/problem.ts";
import {
  type ConvInputs,
  type ConvOperand,
  INPUT_NAMES,
  checkOperand,
  checkUnused,
  forwardRole,
  inputsOf,
  resultChannels,
  resultName,
} from "./operands.ts";

/** Buffers to record a plan on: those of its inputs and of its result. Without `workspace` the plan allocates one until it is destroyed. */
export type ConvBuffers = { [name in keyof ConvInputs]: GPUBuffer | Tensor } & {
  y?: GPUBuffer | Tensor;
  dx?: GPUBuffer | Tensor;
  dw?: GPUBuffer | Tensor;
  workspace?: GPUBuffer;
};

export const BUFFER_NAMES = [...INPUT_NAMES, "y", "dx", "dw", "workspace"] as const;

/** Bytes of the buffer of an operand. */
export function bufferBytes(problem: ConvProblem, operand: ConvOperand): number {
  return operand === "bias"
    ? bytesFor(resultChannels(problem), problem.dtype)
    : operandBytes(problem, forwardRole(problem, operand));
}

/** Bytes of all operands that a run reads or writes, each counted once. */
export function bytesMoved(problem: ConvProblem): number {
  const operands = [...inputsOf(problem).map(({ operand }) => operand), resultName(problem)];
  return operands.reduce((sum, operand) => sum + bufferBytes(problem, operand), 0);
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
        ? checkOperand(gpu, problem, name, operand, given).recorded
        : checkOwnBuffer(name, given, bufferBytes(problem, operand));
  }
  checkUnused(problem, wanted, buffers);
  for (const { name, operand } of inputsOf(problem)) {
    if (operands[operand] === operands[result])
      refuse("invalid-argument", `buffers.${result}`, words(`the buffer of ${name}`), "a buffer of its own");
  }
  return operands;
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
