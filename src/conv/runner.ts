// Runner: the compiled steps of a plan and of the preparation of its weights, and how they run on checked tensors. That is all an eager call needs;
// ConvPlan is what callers see of it.
import type { GpuContext } from "../gpu/context.ts";
import { Executable, type OperandBuffers } from "../gpu/executable.ts";
import { createPrepared } from "../gpu/memory.ts";
import { submit } from "../gpu/submit.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { kernelKey } from "../kernel/kernel-key.ts";
import type { Plan, Preparation } from "../kernel/step.ts";
import { type ConvProblem, multiplyAdds } from "../problem/problem.ts";
import { type ConvInputs, type ResultName, operandShape, resultName } from "./operands.ts";

/** Multiply-adds of a pass that takes no longer than its submission: 32 of them take 0.1 s on a software adapter. */
const SMALL_MULTIPLY_ADDS = 2 ** 23;

export class Runner {
  readonly #gpu: GpuContext;
  readonly #plan: Plan;
  readonly #label: string;
  readonly #problem: ConvProblem;
  readonly #result: ResultName;
  readonly #shape: readonly number[];
  /** Whether a run takes no longer than its submission. */
  readonly #isSmall: boolean;
  readonly #executable: Executable;
  readonly #preparation: Executable | undefined;
  /** The key of the prepacked weights: plans that prepack the same tensor in the same way share the copy. */
  readonly #preparationKey: number;

  constructor(gpu: GpuContext, problem: ConvProblem, plan: Plan) {
    const { steps, preparation, algorithm } = plan;
    this.#gpu = gpu;
    this.#problem = problem;
    this.#result = resultName(problem);
    this.#shape = operandShape(problem, this.#result);
    this.#plan = plan;
    this.#isSmall = multiplyAdds(problem) <= SMALL_MULTIPLY_ADDS;
    this.#label = `${algorithm} convolution`;
    this.#executable = new Executable(gpu, steps);
    try {
      this.#preparation = preparation && new Executable(gpu, preparation.steps);
    } catch (error) {
      this.#executable.destroy();
      throw error;
    }
    this.#preparationKey = preparation ? gpu.idOf(preparationText(preparation)) : -1;
  }

  /** Runs on the buffers of checked inputs, and returns a new tensor. */
  run(given: OperandBuffers, inputs: ConvInputs): Tensor {
    const { transientPrepared, errors } = this.#gpu;
    const { workspaceBytes, preparation } = this.#plan;
    const { layout, dtype } = this.#problem;
    const label = this.#label;
    const { w } = inputs;
    const isPrivate = Object.values(inputs).every((tensor: Tensor | undefined) => !tensor || tensor.isPrivate);
    return errors.runPrivate(label, isPrivate, () => {
      const buffers: OperandBuffers = { ...given };
      if (preparation) buffers.prepared = w ? this.prepared(w) : transientPrepared.acquire(preparation.bytes);
      const results = { [this.#result]: { shape: this.#shape, layout, dtype } };
      const isSmall = this.#isSmall;
      const created = submit(this.#gpu, { label, buffers, results, workspaceBytes, isSmall }, (all) => {
        const prepare = w ? undefined : this.#preparation?.bind(all);
        const compute = this.#executable.bind(all);
        return (pass) => {
          prepare?.(pass);
          compute(pass);
        };
      });
      return created[this.#result]!;
    });
  }

  /** Records the steps, and before them those of the preparation if it `prepares`. */
  encode(encoder: GPUCommandEncoder, buffers: OperandBuffers, prepares: boolean): void {
    if (prepares) this.#preparation?.encode(encoder, buffers);
    this.#executable.encode(encoder, buffers);
  }

  /**
   * Returns the prepacked weights of a tensor: the copy cached with the tensor, or a new one whose packing is submitted now. One that has a
   * `holder` lives until that lets go of it or the weights change.
   */
  prepared(w: Tensor, holder?: object): GPUBuffer {
    const { memory } = this.#gpu;
    const { workspaceBytes, preparation } = this.#plan;
    const pack = (): GPUBuffer => {
      const prepared = createPrepared(memory, preparation!.bytes);
      const isSmall = this.#isSmall;
      const work = { label: "weights", buffers: { w: w.storage, prepared }, results: {}, workspaceBytes, isSmall };
      try {
        submit(this.#gpu, work, (all) => this.#preparation!.bind(all));
      } catch (error) {
        memory.free(prepared);
        throw error;
      }
      return prepared;
    };
    return w.copies.prepared(this.#preparationKey, pack, holder);
  }

  destroy(): void {
    this.#executable.destroy();
    this.#preparation?.destroy();
  }
}

/** A text of everything that prepacked weights depend on, whichever plans prepack them. */
export function preparationText({ steps }: Preparation): string {
  return JSON.stringify(steps.map(({ kernel, ...rest }) => [kernelKey(kernel), rest]));
}
