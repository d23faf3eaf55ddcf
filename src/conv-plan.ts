// ConvPlan: a planned and compiled convolution that is run many times, by the engine or on the caller's own command encoder.
import { bytesFor } from "./dtype.ts";
import { ConvError, describe, refuse, words } from "./error.ts";
import type { GpuContext } from "./gpu/context.ts";
import { Executable, type OperandBuffers } from "./gpu/executable.ts";
import { createPrepared, createWorkspace } from "./gpu/memory.ts";
import { BufferUsage, TENSOR_USAGE } from "./gpu/usage.ts";
import type { Operand, Plan, Step } from "./plan.ts";
import type { Choice } from "./planner/choose.ts";
import { explain } from "./planner/explain.ts";
import { type ConvProblem, multiplyAdds, operandBytes, tensorShape } from "./problem.ts";
import type { Triple } from "./shape.ts";
import { Tensor } from "./tensor.ts";
import { checkOptions } from "./validate.ts";

/** The tensors a forward plan runs on; `bias` and `residual` where it was planned with them. */
export interface ConvInputs {
  x: Tensor;
  w: Tensor;
  bias?: Tensor;
  residual?: Tensor;
}

/** Buffers to record a plan on. Without `workspace` the plan makes one of its own and keeps it. */
export interface ConvBuffers {
  x: GPUBuffer | Tensor;
  w: GPUBuffer | Tensor;
  y: GPUBuffer | Tensor;
  bias?: GPUBuffer | Tensor;
  residual?: GPUBuffer | Tensor;
  workspace?: GPUBuffer;
}

export class ConvPlan {
  /** Name of the algorithm that was chosen. */
  readonly algorithm: string;
  readonly variant: string;
  readonly problem: ConvProblem;
  /** Scratch memory a run needs, in bytes. */
  readonly workspaceBytes: number;
  /** Floating-point operations of the direct method, two for a multiply-add, by which speeds are quoted. */
  readonly flops: number;
  /** The fewest bytes that must move: every operand once. */
  readonly bytes: number;
  /** How much larger than the bound of a sequential float32 sum the error bound is. */
  readonly errorGrowth: number;
  /** How many cells of the padded input away along depth, height and width an output's error may come from; none for plain sums. */
  readonly errorSpread: Triple;
  /** Memory for what is made of the weights once and kept with their tensor, in bytes. */
  readonly preparedBytes: number;
  /** The dispatches, as plain data. */
  readonly steps: readonly Step[];
  /** Shape of the output. */
  readonly outputShape: readonly number[];
  readonly #gpu: GpuContext;
  readonly #choice: Choice;
  readonly #executable: Executable;
  readonly #preparation: Executable | undefined;
  /** Names what is prepared: plans that make the same of the same weights share it. */
  readonly #preparationKey: string;
  #workspace: GPUBuffer | undefined;
  #prepared: GPUBuffer | undefined;
  #destroyed = false;

  /** @internal */
  constructor(gpu: GpuContext, problem: ConvProblem, choice: Choice, plan: Plan) {
    this.#gpu = gpu;
    this.#choice = choice;
    this.#executable = new Executable(gpu, plan.steps);
    this.#preparation = plan.preparation && new Executable(gpu, plan.preparation.steps);
    this.#preparationKey = JSON.stringify(plan.preparation?.steps);
    this.preparedBytes = plan.preparation?.bytes ?? 0;
    this.problem = problem;
    this.algorithm = plan.algorithm;
    this.variant = plan.variant;
    this.workspaceBytes = plan.workspaceBytes;
    this.steps = plan.steps;
    this.flops = 2 * multiplyAdds(problem);
    this.errorSpread = choice.algorithm.errorSpread?.(problem, choice.variant) ?? [0, 0, 0];
    this.errorGrowth = choice.algorithm.errorGrowth(problem, choice.variant);
    this.outputShape = tensorShape(problem, "y");
    this.bytes = operandNames(problem).reduce((sum, operand) => sum + bytesOf(problem, operand), 0);
  }

  /** Which algorithms were considered, and why each was refused or ranked where it is. */
  explain(): string {
    return explain(this.#choice.considered);
  }

  /**
   * Runs the plan and returns a new tensor. It is submitted at once; nothing waits for it.
   * @throws ConvError where a tensor is missing, of another shape, layout or engine, or destroyed.
   */
  run(inputs: ConvInputs): Tensor {
    this.#alive("run");
    return this.runOn(checkInputs(this.#gpu, this.problem, inputs), inputs.w);
  }

  /** @internal Runs on the buffers of inputs that were checked. */
  runOn(inputs: OperandBuffers, w: Tensor): Tensor {
    const { device, memory, arena, failures } = this.#gpu;
    return failures.watch(`${this.algorithm} convolution`, () => {
      const buffer = memory.allocate("tensors", {
        label: "convoke y",
        size: bytesOf(this.problem, "y"),
        usage: TENSOR_USAGE,
      });
      try {
        const buffers: OperandBuffers = { ...inputs, y: buffer };
        if (this.workspaceBytes > 0) buffers.workspace = arena.acquire(this.workspaceBytes);
        if (this.#preparation) buffers.prepared = this.#preparedFrom(w);
        const encoder = device.createCommandEncoder({ label: "convoke" });
        this.#executable.encode(encoder, buffers);
        device.queue.submit([encoder.finish()]);
        return new Tensor(this.#gpu, buffer, this.outputShape, this.problem, true);
      } catch (error) {
        memory.free(buffer);
        throw error;
      }
    });
  }

  /**
   * Records the plan on the caller's encoder, outside any pass; the caller submits. What is prepared from weights given as a tensor is
   * made of the values they have now; weights that the same encoder writes are given as a buffer, and prepared each time.
   * @throws ConvError where a buffer is missing, too small, without usage STORAGE, or both read and written.
   */
  encode(encoder: GPUCommandEncoder, buffers: ConvBuffers): void {
    this.#alive("encode");
    checkOptions("buffers", buffers, ["x", "w", "y", "bias", "residual", "workspace"]);
    const { problem } = this;
    const operands: OperandBuffers = {};
    for (const operand of operandNames(problem)) {
      const given = buffers[operand];
      operands[operand] =
        given instanceof Tensor
          ? checkOperand(this.#gpu, problem, operand, given).buffer
          : checkBuffer(operand, given, bytesOf(problem, operand));
    }
    checkUnused(problem, buffers);
    for (const operand of operandNames(problem)) {
      if (operand !== "y" && operands[operand] === operands.y)
        refuse("invalid-argument", "buffers.y", words(`the buffer of ${operand}`), "a buffer of its own");
    }
    if (this.workspaceBytes > 0) {
      operands.workspace = buffers.workspace
        ? checkBuffer("workspace", buffers.workspace, this.workspaceBytes)
        : (this.#workspace ??= createWorkspace(this.#gpu.memory, this.workspaceBytes));
    }
    if (this.#preparation) {
      if (buffers.w instanceof Tensor) {
        operands.prepared = this.#preparedFrom(buffers.w);
      } else {
        operands.prepared = this.#prepared ??= createPrepared(this.#gpu.memory, this.preparedBytes);
        this.#preparation.encode(encoder, operands);
      }
    }
    this.#executable.encode(encoder, operands);
  }

  /** Frees what the plan holds on the GPU. */
  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    this.#executable.destroy();
    this.#preparation?.destroy();
    for (const buffer of [this.#workspace, this.#prepared]) if (buffer) this.#gpu.memory.free(buffer);
  }

  /** What the plan makes of a weight tensor: kept with the tensor, else made and submitted now. */
  #preparedFrom(w: Tensor): GPUBuffer {
    const { device, arena, memory } = this.#gpu;
    return w.prepared(this.#preparationKey, () => {
      const buffers: OperandBuffers = { w: w.buffer, prepared: createPrepared(memory, this.preparedBytes) };
      if (this.workspaceBytes > 0) buffers.workspace = arena.acquire(this.workspaceBytes);
      const encoder = device.createCommandEncoder({ label: "convoke weights" });
      this.#preparation!.encode(encoder, buffers);
      device.queue.submit([encoder.finish()]);
      return buffers.prepared!;
    });
  }

  #alive(method: string): void {
    if (this.#destroyed) throw new ConvError("destroyed", `plan.${method}: got a destroyed plan, expected a live one`);
  }
}

type TensorOperand = Exclude<Operand, "workspace" | "prepared" | "padded">;

function operandNames(problem: ConvProblem): TensorOperand[] {
  const names: TensorOperand[] = ["x", "w", "y"];
  if (problem.epilogue.bias) names.push("bias");
  if (problem.epilogue.residual) names.push("residual");
  return names;
}

function bytesOf(problem: ConvProblem, operand: TensorOperand): number {
  return operand === "bias"
    ? bytesFor(problem.K, problem.dtype)
    : operandBytes(problem, operand === "residual" ? "y" : operand);
}

/**
 * The buffers of a forward run's tensors.
 * @throws ConvError where one is missing, not called for, of another shape, layout, type or engine, or destroyed.
 */
export function checkInputs(gpu: GpuContext, problem: ConvProblem, inputs: ConvInputs): OperandBuffers {
  checkOptions("inputs", inputs, ["x", "w", "bias", "residual"]);
  const buffers: OperandBuffers = {};
  for (const operand of operandNames(problem)) {
    if (operand !== "y") buffers[operand] = checkOperand(gpu, problem, operand, inputs[operand]).buffer;
  }
  checkUnused(problem, inputs);
  return buffers;
}

function checkOperand(gpu: GpuContext, problem: ConvProblem, operand: TensorOperand, given: unknown): Tensor {
  const tensor = checkTensor(operand, given, gpu);
  const shape = operand === "bias" ? [problem.K] : tensorShape(problem, operand === "residual" ? "y" : operand);
  if (describe(tensor.shape) !== describe(shape)) {
    refuse("shape-mismatch", `${operand}.shape`, tensor.shape, describe(shape));
  }
  if (tensor.dtype !== problem.dtype) {
    refuse("shape-mismatch", `${operand}.dtype`, tensor.dtype, `"${problem.dtype}", as the others`);
  }
  if (operand !== "bias" && tensor.layout !== problem.layout) {
    refuse("shape-mismatch", `${operand}.layout`, tensor.layout, `"${problem.layout}", as the others`);
  }
  return tensor;
}

function checkUnused(problem: ConvProblem, given: Partial<Record<Operand, unknown>>): void {
  for (const operand of ["bias", "residual"] as const) {
    if (given[operand] !== undefined && !problem.epilogue[operand]) {
      refuse("invalid-argument", operand, words("a tensor"), "none: the plan was made without it");
    }
  }
}

function checkBuffer(operand: string, given: unknown, bytes: number): GPUBuffer {
  const buffer = given as GPUBuffer | undefined;
  if (
    typeof buffer !== "object" ||
    buffer === null ||
    typeof buffer.size !== "number" ||
    typeof buffer.usage !== "number"
  ) {
    refuse("invalid-argument", `buffers.${operand}`, given, "a GPUBuffer or a Tensor");
  }
  if (buffer.size < bytes)
    refuse(
      "shape-mismatch",
      `buffers.${operand}`,
      words(`a buffer of ${buffer.size} bytes`),
      `at least ${bytes} bytes`,
    );
  if (!(buffer.usage & BufferUsage.STORAGE))
    refuse(
      "invalid-argument",
      `buffers.${operand}`,
      words(`a buffer with usage ${buffer.usage}`),
      "one whose usage has GPUBufferUsage.STORAGE",
    );
  return buffer;
}

/** A live tensor of this engine. */
export function checkTensor(argument: string, given: unknown, gpu: GpuContext): Tensor {
  if (!(given instanceof Tensor)) refuse("invalid-argument", argument, given, "a Tensor made by this engine");
  if (given.destroyed) throw new ConvError("destroyed", `${argument}: got a destroyed tensor, expected a live one`);
  if (!given.belongsTo(gpu))
    throw new ConvError("foreign-tensor", `${argument}: got a tensor of another engine, expected one of this engine`);
  return given;
}
