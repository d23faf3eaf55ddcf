// ConvPlan: a planned and compiled pass of a convolution that is run many times, by the engine or on the caller's own command encoder.
import { ConvError } from "../base/error.ts";
import type { Triple } from "../base/shape.ts";
import type { GpuContext } from "../gpu/context.ts";
import { Executable, type OperandBuffers } from "../gpu/executable.ts";
import { createPrepared, createWorkspace } from "../gpu/memory.ts";
import { submit } from "../gpu/submit.ts";
import { Tensor } from "../gpu/tensor.ts";
import { type Plan, type Step, stepsKey } from "../kernel/step.ts";
import type { Choice } from "../planner/choose.ts";
import { explain } from "../planner/explain.ts";
import { type ConvProblem, multiplyAdds } from "../problem/problem.ts";
import {
  BUFFER_NAMES,
  type ConvBuffers,
  type ConvInputs,
  type ResultName,
  bytesMoved,
  checkBuffers,
  checkInputs,
  checkWorkspace,
  operandShape,
  resultName,
} from "./operands.ts";

/**
 * A pass of a convolution, planned and compiled: `engine.plan` makes it.
 * @example
 * const plan = await engine.plan("forward", { inputShape: [1, 3, 224, 224], kernelShape: [64, 3, 7, 7], stride: 2 });
 * const y = plan.run({ x, w });
 */
export class ConvPlan {
  /** Name of the chosen algorithm. */
  readonly algorithm: string;
  readonly variant: string;
  readonly problem: ConvProblem;
  /** Scratch memory that a run needs, in bytes. */
  readonly workspaceBytes: number;
  /** Floating-point operations of the direct sum, two for a multiply-add, by which speeds are quoted. */
  readonly flops: number;
  /** The fewest bytes that must move: every operand once. */
  readonly bytes: number;
  /** How many times the bound of a sequential float32 sum the error bound is. */
  readonly errorGrowth: number;
  /** How many cells of the padded input away along depth, height and width an output's error may come from; none for plain sums. */
  readonly errorSpread: Triple;
  /** What the error bound is measured by: the terms of the output's own windows, or the norm of all that its tile holds. */
  readonly errorNorm: "windows" | "energy";
  /** Bytes of the weights as they are prepacked once and kept with their tensor; in the backward-weights pass, of dy, in every run. */
  readonly preparedBytes: number;
  /** The dispatches, as plain data. */
  readonly steps: readonly Step[];
  /** Shape of the result: y, dx or dw. */
  readonly outputShape: readonly number[];
  /** The result, by the name that `encode` has for it. */
  readonly resultName: ResultName;
  readonly #gpu: GpuContext;
  readonly #choice: Choice;
  readonly #executable: Executable;
  readonly #preparation: Executable | undefined;
  /** The key of the prepacked weights: plans that prepack the same weights alike share them. */
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
    this.#preparationKey = plan.preparation ? gpu.idOf(stepsKey(plan.preparation.steps)) : -1;
    this.preparedBytes = plan.preparation?.bytes ?? 0;
    this.problem = problem;
    this.algorithm = plan.algorithm;
    this.variant = plan.variant;
    this.workspaceBytes = plan.workspaceBytes;
    this.steps = plan.steps;
    this.flops = 2 * multiplyAdds(problem);
    const { error } = choice.chosen.candidate;
    this.errorSpread = error.spread;
    this.errorNorm = error.norm;
    this.errorGrowth = error.growth;
    this.resultName = resultName(problem);
    this.outputShape = operandShape(problem, this.resultName);
    this.bytes = bytesMoved(problem);
  }

  /** Which algorithms were considered, and why each was refused or ranked where it is. */
  explain(): string {
    return explain(this.#choice.considered);
  }

  /**
   * Runs the plan and returns a new tensor. The work is submitted at once; nothing waits for it.
   * @param inputs { x, w } for the forward pass, { dy, w } for backward-data, { x, dy } for backward-weights; and the bias, the residual and
   * the activation's tensor that the plan was made with
   * @throws ConvError where a tensor is missing, of another shape, layout or engine, or destroyed
   * @example
   * const y = plan.run({ x, w, bias });
   */
  run(inputs: ConvInputs): Tensor {
    this.#alive("run");
    return this.runOn(checkInputs(this.#gpu, this.problem, inputs), inputs.w);
  }

  /** @internal Runs on the buffers of checked inputs; `w` where the pass reads weights. */
  runOn(inputs: OperandBuffers, w: Tensor | undefined): Tensor {
    const { transientPrepared, errors } = this.#gpu;
    const { outputShape: shape, workspaceBytes } = this;
    const { layout, dtype } = this.problem;
    const label = `${this.algorithm} convolution`;
    return errors.run(label, () => {
      const preparation = w ? undefined : this.#preparation;
      const buffers: OperandBuffers = { ...inputs };
      if (this.#preparation)
        buffers.prepared = w ? this.#preparedFrom(w) : transientPrepared.acquire(this.preparedBytes);
      const results = { [this.resultName]: { shape, layout, dtype } };
      const made = submit(this.#gpu, { label, buffers, results, workspaceBytes }, (encoder, all) => {
        preparation?.encode(encoder, all);
        this.#executable.encode(encoder, all);
      });
      return made[this.resultName]!;
    });
  }

  /**
   * Records the plan on the caller's encoder, outside any pass; the caller submits. Weights given as a tensor are prepacked from the values
   * they have now; weights that the same encoder writes are given as a buffer, and prepacked in each run.
   * @throws ConvError where a buffer is missing, too small, without usage STORAGE, or both read and written
   * @example
   * plan.encode(encoder, { x: xBuffer, w: wBuffer, y: yBuffer });
   * device.queue.submit([encoder.finish()]);
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

  /** The buffers to record on; those of the last call are not checked again. */
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

  [Symbol.dispose](): void {
    this.destroy();
  }

  /** Frees the memory that recordings on the caller's encoders use. */
  #release(): void {
    for (const buffer of [this.#workspace, this.#prepared]) if (buffer) this.#gpu.memory.free(buffer);
    this.#workspace = undefined;
    this.#prepared = undefined;
    this.#checked = undefined;
  }

  /** The prepacked weights of a tensor: kept with the tensor, else prepacked and submitted now. */
  #preparedFrom(w: Tensor): GPUBuffer {
    const { memory } = this.#gpu;
    return w.prepared(this.#preparationKey, () => {
      const prepared = createPrepared(memory, this.preparedBytes);
      const work = { label: "weights", buffers: { w: w.storage, prepared }, results: {} };
      try {
        submit(this.#gpu, { ...work, workspaceBytes: this.workspaceBytes }, (encoder, all) =>
          this.#preparation!.encode(encoder, all),
        );
      } catch (error) {
        memory.free(prepared);
        throw error;
      }
      return prepared;
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
  // Unknown names are refused by the check.
  for (const name in now) if (!(name in before)) return false;
  return true;
}
