// ConvPlan: a planned and compiled pass of a convolution that is run many times, by the engine or on the caller's own command encoder.
import { ConvError } from "../base/error.ts";
import type { Triple } from "../base/shape.ts";
import type { GpuContext } from "../gpu/context.ts";
import { Executable, type OperandBuffers } from "../gpu/executable.ts";
import { createPrepared, createWorkspace } from "../gpu/memory.ts";
import { Tensor } from "../gpu/tensor.ts";
import { TENSOR_USAGE } from "../gpu/usage.ts";
import type { Plan, Step } from "../kernel/step.ts";
import type { Choice } from "../planner/choose.ts";
import { explain } from "../planner/explain.ts";
import { type ConvProblem, multiplyAdds } from "../problem/problem.ts";
import {
  BUFFER_NAMES,
  type ConvBuffers,
  type ConvInputs,
  type ResultName,
  bytesMoved,
  bytesOf,
  checkBuffers,
  checkInputs,
  checkWorkspace,
  operandShape,
  resultName,
} from "./operands.ts";

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
  /**
   * Memory for what is made of the weights once and kept with their tensor, in bytes; in the backward-weights pass, of what is made of dy
   * in every run.
   */
  readonly preparedBytes: number;
  /** The dispatches, as plain data. */
  readonly steps: readonly Step[];
  /** Shape of the result: y, dx or dw. */
  readonly outputShape: readonly number[];
  /** What the pass makes, by the name that `encode` has for it. */
  readonly resultName: ResultName;
  readonly #gpu: GpuContext;
  readonly #choice: Choice;
  readonly #executable: Executable;
  readonly #preparation: Executable | undefined;
  /** Names what is prepared: plans that make the same of the same weights share it. */
  readonly #preparationKey: number;
  #workspace: GPUBuffer | undefined;
  #checked: { readonly given: ConvBuffers; readonly operands: OperandBuffers } | undefined;
  #prepared: GPUBuffer | undefined;
  #generation: number;
  #destroyed = false;

  /** @internal */
  constructor(gpu: GpuContext, problem: ConvProblem, choice: Choice, plan: Plan) {
    this.#gpu = gpu;
    this.#choice = choice;
    this.#generation = gpu.generation;
    this.#executable = new Executable(gpu, plan.steps);
    try {
      this.#preparation = plan.preparation && new Executable(gpu, plan.preparation.steps);
    } catch (error) {
      this.#executable.destroy();
      throw error;
    }
    this.#preparationKey = plan.preparation ? gpu.idOf(JSON.stringify(plan.preparation.steps)) : -1;
    this.preparedBytes = plan.preparation?.bytes ?? 0;
    this.problem = problem;
    this.algorithm = plan.algorithm;
    this.variant = plan.variant;
    this.workspaceBytes = plan.workspaceBytes;
    this.steps = plan.steps;
    this.flops = 2 * multiplyAdds(problem);
    this.errorSpread = choice.algorithm.errorSpread?.(problem, choice.variant) ?? [0, 0, 0];
    this.errorGrowth = choice.algorithm.errorGrowth(problem, choice.variant);
    this.resultName = resultName(problem);
    this.outputShape = operandShape(problem, this.resultName);
    this.bytes = bytesMoved(problem);
  }

  /** Which algorithms were considered, and why each was refused or ranked where it is. */
  explain(): string {
    return explain(this.#choice.considered);
  }

  /**
   * Runs the plan and returns a new tensor. It is submitted at once; nothing waits for it.
   * @param inputs { x, w } for the forward pass, { dy, w } for backward-data, { x, dy } for backward-weights, and what it was planned with
   * @throws ConvError where a tensor is missing, of another shape, layout or engine, or destroyed.
   */
  run(inputs: ConvInputs): Tensor {
    this.#alive("run");
    return this.runOn(checkInputs(this.#gpu, this.problem, inputs), inputs.w);
  }

  /** @internal Runs on the buffers of inputs that were checked; `w` where the pass reads weights. */
  runOn(inputs: OperandBuffers, w: Tensor | undefined): Tensor {
    const { device, memory, workspace, unkept, errors } = this.#gpu;
    return errors.run(`${this.algorithm} convolution`, () => {
      const buffer = memory.allocate("tensors", {
        label: `convoke ${this.resultName}`,
        size: bytesOf(this.problem, this.resultName),
        usage: TENSOR_USAGE,
      });
      try {
        const buffers: OperandBuffers = { ...inputs, [this.resultName]: buffer };
        if (this.workspaceBytes > 0) buffers.workspace = workspace.acquire(this.workspaceBytes);
        const encoder = device.createCommandEncoder({ label: "convoke" });
        if (this.#preparation) {
          if (w) {
            buffers.prepared = this.#preparedFrom(w);
          } else {
            buffers.prepared = unkept.acquire(this.preparedBytes);
            this.#preparation.encode(encoder, buffers);
          }
        }
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
    const operands = this.#operandsOf(buffers);
    if (this.#preparation) {
      if (buffers.w instanceof Tensor) {
        operands.prepared = this.#preparedFrom(buffers.w);
      } else {
        operands.prepared = this.#prepared ??= this.#gpu.errors.run("prepared weights", () =>
          createPrepared(this.#gpu.memory, this.preparedBytes),
        );
        this.#preparation.encode(encoder, operands);
      }
    }
    this.#executable.encode(encoder, operands);
  }

  /** The buffers to record on: those that the last call had need not be checked again. */
  #operandsOf(buffers: ConvBuffers): OperandBuffers {
    if (this.#generation !== this.#gpu.generation) {
      this.#generation = this.#gpu.generation;
      this.#release();
    }
    if (this.#checked && isUnchanged(this.#checked.given, buffers)) return this.#checked.operands;
    const operands = checkBuffers(this.#gpu, this.problem, buffers);
    if (this.workspaceBytes > 0) {
      operands.workspace = buffers.workspace
        ? checkWorkspace(operands, buffers.workspace, this.workspaceBytes)
        : (this.#workspace ??= this.#gpu.errors.run("workspace", () =>
            createWorkspace(this.#gpu.memory, this.workspaceBytes),
          ));
    }
    this.#checked = { given: { ...buffers }, operands };
    return operands;
  }

  /** Frees what the plan holds on the GPU. */
  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    this.#executable.destroy();
    this.#preparation?.destroy();
    this.#release();
  }

  /** Frees the memory that recordings on encoders of the caller's use. */
  #release(): void {
    for (const buffer of [this.#workspace, this.#prepared]) if (buffer) this.#gpu.memory.free(buffer);
    this.#workspace = undefined;
    this.#prepared = undefined;
    this.#checked = undefined;
  }

  /** What the plan makes of a weight tensor: kept with the tensor, else made and submitted now. */
  #preparedFrom(w: Tensor): GPUBuffer {
    const { device, workspace, memory } = this.#gpu;
    return w.prepared(this.#preparationKey, () => {
      const buffers: OperandBuffers = { w: w.storage, prepared: createPrepared(memory, this.preparedBytes) };
      if (this.workspaceBytes > 0) buffers.workspace = workspace.acquire(this.workspaceBytes);
      const encoder = device.createCommandEncoder({ label: "convoke weights" });
      this.#preparation!.encode(encoder, buffers);
      device.queue.submit([encoder.finish()]);
      return buffers.prepared!;
    });
  }

  #alive(method: string): void {
    if (this.#destroyed) throw new ConvError("destroyed", `plan.${method}: got a destroyed plan, expected a live one`);
    this.#gpu.memory.checkOpen();
  }
}

/** Whether the same live buffers are given as before. */
function isUnchanged(before: ConvBuffers, now: ConvBuffers): boolean {
  for (const name of BUFFER_NAMES) {
    const given = now[name];
    if (given !== before[name] || (given instanceof Tensor && given.destroyed)) return false;
  }
  // What no plan knows is refused by the check.
  for (const name in now) if (!(name in before)) return false;
  return true;
}
