// ConvPlan: a planned and compiled pass of a convolution, to run many times, by the engine or on the caller's own command encoder. Loaded on first
// use, since eager calls have no need of it.
import { refuseDestroyed } from "../base/error.ts";
import type { Triple } from "../base/shape.ts";
import type { GpuContext } from "../gpu/context.ts";
import type { OperandBuffers } from "../gpu/executable.ts";
import { type TensorStorage, createPrepared, createWorkspace } from "../gpu/memory.ts";
import { Tensor } from "../gpu/tensor.ts";
import type { ScratchTextures } from "../gpu/texture-copies.ts";
import type { Plan, Step } from "../kernel/step.ts";
import type { Choice } from "../planner/choose.ts";
import { explain } from "../planner/explain.ts";
import { type ConvProblem, multiplyAdds } from "../problem/problem.ts";
import { BUFFER_NAMES, type ConvBuffers, bytesMoved, checkBuffers, checkWorkspace } from "./buffers.ts";
import { type ConvInputs, type ResultName, checkInputs, operandShape, resultName } from "./operands.ts";
import { Runner } from "./runner.ts";

/**
 * A pass of a convolution, planned and compiled. Created by `engine.plan`.
 * @example
 * const plan = await engine.plan("forward", { inputShape: [1, 3, 224, 224], kernelShape: [64, 3, 7, 7], stride: 2 });
 * const y = plan.run({ x, w });
 */
export class ConvPlan {
  /** Name of the chosen algorithm. */
  readonly algorithm: string;
  /** Name of the chosen variant: its tile sizes and the like. */
  readonly variant: string;
  /** The pass in canonical form. */
  readonly problem: ConvProblem;
  /** Scratch memory that a run needs, in bytes. */
  readonly workspaceBytes: number;
  /** Bytes of the textures into which a run copies operands, on adapters that gain by it. The plan or the engine holds them, beside the workspace. */
  readonly textureBytes: number;
  /** Floating-point operations of the direct sum, two for each multiply-add; speeds are quoted by this count. */
  readonly flops: number;
  /** The fewest bytes that must move: every operand once. */
  readonly bytes: number;
  /** The error bound, as a multiple of that of a sequential float32 sum. */
  readonly errorGrowth: number;
  /** How far errors spread between outputs, in cells of the padded input along depth, height and width; 0 for plain sums. */
  readonly errorSpread: Triple;
  /** What the error bound is proportional to: the terms of windows (of the output, or within `errorSpread`), or the norm of the whole tile. */
  readonly errorNorm: "windows" | "energy";
  /** Bytes of the prepacked weights, which are cached with their tensor; in the backward-weights pass of dy, which is packed in every run. */
  readonly preparedBytes: number;
  /** The dispatches, as plain data. */
  readonly steps: readonly Step[];
  /** Shape of the result: y, dx or dw. */
  readonly outputShape: readonly number[];
  /** Name of the result among the buffers of `encode`. */
  readonly resultName: ResultName;
  readonly #gpu: GpuContext;
  readonly #choice: Choice;
  readonly #runner: Runner;
  readonly #textures: ScratchTextures | undefined;
  #workspace: GPUBuffer | undefined;
  #checked: { readonly given: ConvBuffers; readonly operands: OperandBuffers } | undefined;
  #prepared: GPUBuffer | undefined;
  /** The memory of weight tensors whose prepacked copies were recorded on encoders. */
  readonly #recorded = new Set<TensorStorage>();
  #generation: number;
  #destroyed = false;

  /** @internal */
  constructor(gpu: GpuContext, problem: ConvProblem, choice: Choice, plan: Plan) {
    this.#gpu = gpu;
    this.#choice = choice;
    this.#generation = gpu.generation;
    this.#textures = gpu.textures?.others();
    this.#runner = new Runner(gpu, problem, plan);
    this.preparedBytes = plan.preparation?.bytes ?? 0;
    this.problem = problem;
    this.algorithm = plan.algorithm;
    this.variant = plan.variant;
    this.workspaceBytes = plan.workspaceBytes;
    this.steps = plan.steps;
    this.flops = 2 * multiplyAdds(problem);
    const { error, textures = [] } = choice.chosen.candidate;
    this.textureBytes = textures.reduce((sum, bytes) => sum + bytes, 0);
    this.errorSpread = error.spread;
    this.errorNorm = error.norm;
    this.errorGrowth = error.growth;
    this.resultName = resultName(problem);
    this.outputShape = operandShape(problem, this.resultName);
    this.bytes = bytesMoved(problem);
  }

  /**
   * Returns one line for each algorithm considered, by rank: its estimated or measured time, what it spends most of it on, its workspace, error and
   * other variants, or why it was refused; and a last one for what planning assumes of the device.
   */
  explain(): string {
    return explain(this.#choice);
  }

  /**
   * Runs the plan and returns a new tensor. Nothing waits for the GPU.
   * @param inputs { x, w } for the forward pass, { dy, w } for backward-data, { x, dy } for backward-weights; and the bias, the residual and
   * the activation's tensor if the plan was made with them
   * @throws ConvError if a tensor is missing, of another shape, layout or engine, or destroyed
   * @example
   * const y = plan.run({ x, w, bias });
   */
  run(inputs: ConvInputs): Tensor {
    this.#alive("run");
    return this.#runner.run(checkInputs(this.#gpu, this.problem, inputs), inputs);
  }

  /**
   * Records the plan on the caller's encoder, outside any pass; the caller submits. Weights given as a tensor are prepacked from their present
   * values. Give weights that the same encoder writes as a buffer: they are prepacked in each run.
   * @throws ConvError if a buffer is missing, too small, without usage STORAGE, or both read and written
   * @example
   * plan.encode(encoder, { x: xBuffer, w: wBuffer, y: yBuffer });
   * device.queue.submit([encoder.finish()]);
   */
  encode(encoder: GPUCommandEncoder, buffers: ConvBuffers): void {
    this.#alive("encode");
    const operands = this.#operandsOf(buffers);
    const { w } = buffers;
    if (this.preparedBytes > 0) {
      if (w instanceof Tensor) {
        this.#recorded.add(w.copies);
        operands.prepared = this.#runner.prepared(w, this);
      } else {
        operands.prepared = this.#prepared ??= this.#gpu.errors.run("prepared weights", () =>
          createPrepared(this.#gpu.memory, this.preparedBytes),
        );
      }
    }
    this.#runner.encode(encoder, operands, this.#textures, !(w instanceof Tensor));
  }

  /** Returns the buffers to record on, checked; those of the last call are not checked again. */
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

  /** Frees the GPU memory of the plan. */
  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    this.#runner.destroy();
    for (const storage of this.#recorded) storage.unhold(this);
    this.#recorded.clear();
    this.#release();
  }

  [Symbol.dispose](): void {
    this.destroy();
  }

  /** Frees the workspace, the textures and the prepacked weights of `encode`. */
  #release(): void {
    this.#textures?.release();
    for (const buffer of [this.#workspace, this.#prepared]) if (buffer) this.#gpu.memory.free(buffer);
    this.#workspace = undefined;
    this.#prepared = undefined;
    this.#checked = undefined;
  }

  #alive(method: string): void {
    if (this.#destroyed) refuseDestroyed(`plan.${method}`, "plan");
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
