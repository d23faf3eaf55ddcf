// Runner: the compiled steps of a plan and of the preparation of its weights, and how they run on checked tensors. That is all an eager call needs;
// ConvPlan is what callers see of it.
import type { GpuContext } from "../gpu/context.ts";
import { Executable, type OperandBuffers } from "../gpu/executable.ts";
import { createPrepared } from "../gpu/memory.ts";
import { submit } from "../gpu/submit.ts";
import type { Tensor } from "../gpu/tensor.ts";
import type { ScratchTextures } from "../gpu/texture-copies.ts";
import { kernelKey } from "../kernel/kernel-key.ts";
import { type Plan, type Preparation, kernelsOf } from "../kernel/step.ts";
import { type ConvProblem, multiplyAdds } from "../problem/problem.ts";
import { FIRST_CALLS, type FirstCalls, briefPlan } from "./first-calls.ts";
import { type ConvInputs, type ResultName, operandShape, resultName } from "./operands.ts";

/** Multiply-adds of a pass that takes no longer than its submission: 32 of them take 0.1 s on a software adapter. */
const SMALL_MULTIPLY_ADDS = 2 ** 23;

/** The compiled steps of a plan. */
class Compiled {
  readonly steps: Executable;
  readonly preparation: Executable | undefined;

  constructor(gpu: GpuContext, { steps, preparation }: Plan) {
    this.steps = new Executable(gpu, steps);
    try {
      this.preparation = preparation && new Executable(gpu, preparation.steps);
    } catch (error) {
      this.steps.destroy();
      throw error;
    }
  }

  destroy(): void {
    this.steps.destroy();
    this.preparation?.destroy();
  }
}

export class Runner {
  readonly #gpu: GpuContext;
  readonly #plan: Plan;
  readonly #label: string;
  readonly #problem: ConvProblem;
  readonly #result: ResultName;
  readonly #shape: readonly number[];
  /** Whether a run takes no longer than its submission. */
  readonly #isSmall: boolean;
  #compiled: Compiled;
  /** Calls after which the plan itself is compiled; 0 if it is from the start. */
  readonly #firstCalls: number;
  /** Calls so far, up to those. */
  #calls = 0;
  #destroyed = false;
  /** The key of the prepacked weights: plans that prepack the same tensor in the same way share the copy. */
  readonly #preparationKey: number;

  /** @param first how first calls run, if not as later ones */
  constructor(gpu: GpuContext, problem: ConvProblem, plan: Plan, first?: FirstCalls) {
    const { preparation, algorithm } = plan;
    this.#gpu = gpu;
    this.#problem = problem;
    this.#result = resultName(problem);
    this.#shape = operandShape(problem, this.#result);
    this.#plan = plan;
    this.#isSmall = multiplyAdds(problem) <= SMALL_MULTIPLY_ADDS;
    this.#label = `${algorithm} convolution`;
    const isCompiled = kernelsOf(plan).every((kernel) => gpu.pipelines.has(kernel));
    const brief = isCompiled ? undefined : first;
    this.#compiled = new Compiled(gpu, brief ? briefPlan(plan, brief) : plan);
    this.#firstCalls = brief?.calls ?? 0;
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
    if (this.#calls < this.#firstCalls && ++this.#calls === this.#firstCalls) void this.#compile();
    return errors.runPrivate(label, isPrivate, () => {
      const buffers: OperandBuffers = { ...given };
      if (preparation) buffers.prepared = w ? this.prepared(w) : transientPrepared.acquire(preparation.bytes);
      const results = { [this.#result]: { shape: this.#shape, layout, dtype } };
      const isSmall = this.#isSmall;
      const created = submit(this.#gpu, { label, buffers, results, workspaceBytes, isSmall }, (all) => {
        const prepare = w ? undefined : this.#compiled.preparation?.bind(all);
        const compute = this.#compiled.steps.bind(all);
        return (target) => {
          prepare?.(target);
          compute(target);
        };
      });
      return created[this.#result]!;
    });
  }

  /**
   * Records the steps, and before them those of the preparation if it `prepares`.
   * @param textures those of the caller, who submits
   */
  encode(
    encoder: GPUCommandEncoder,
    buffers: OperandBuffers,
    textures: ScratchTextures | undefined,
    prepares: boolean,
  ): void {
    if (prepares) this.#compiled.preparation?.encode(encoder, buffers);
    this.#compiled.steps.encode(encoder, buffers, textures);
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
        submit(this.#gpu, work, (all) => this.#compiled.preparation!.bind(all));
      } catch (error) {
        memory.free(prepared);
        throw error;
      }
      return prepared;
    };
    return w.copies.prepared(this.#preparationKey, pack, holder);
  }

  /** Compiles the plan itself now if more calls are waited for: somebody times them. */
  settle(): void {
    if (this.#calls < FIRST_CALLS || this.#calls >= this.#firstCalls) return;
    this.#calls = this.#firstCalls;
    void this.#compile();
  }

  /** Compiles the plan itself beside the calls that run brief kernels, and takes their place. */
  async #compile(): Promise<void> {
    const { pipelines, errors } = this.#gpu;
    const before = this.#compiled;
    try {
      await pipelines.prepareInTurn(kernelsOf(this.#plan), () => !this.#destroyed);
      if (this.#destroyed) return;
      this.#compiled = errors.run(this.#label, () => new Compiled(this.#gpu, this.#plan));
    } catch {
      // Calls go on with what they have; if the device is lost, they say so.
      return;
    }
    before.destroy();
  }

  destroy(): void {
    this.#destroyed = true;
    this.#compiled.destroy();
  }
}

/** A text of everything that prepacked weights depend on, whichever plans prepack them. */
export function preparationText({ steps }: Preparation): string {
  return JSON.stringify(steps.map(({ kernel, ...rest }) => [kernelKey(kernel), rest]));
}
