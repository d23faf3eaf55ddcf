// The plans of an engine: chooses and compiles them, and caches those of eager calls.
import type { Lower } from "../algorithms/lowering.ts";
import type { DeviceTraits } from "../algorithms/traits.ts";
import type { TensorDtype } from "../base/dtype.ts";
import { refuse } from "../base/error.ts";
import { pick } from "../base/pick.ts";
import { checkOptions, checkSignal } from "../base/validate.ts";
import { checkBinding } from "../gpu/binding-limit.ts";
import type { GpuContext } from "../gpu/context.ts";
import { LruCache } from "../gpu/lru-cache.ts";
import { ReadyCache } from "../gpu/ready-cache.ts";
import { recorded } from "../gpu/submit.ts";
import type { Tensor } from "../gpu/tensor.ts";
import type { Plan } from "../kernel/step.ts";
import type { Platform } from "../planner/adapter.ts";
import { CONSTRAINT_KEYS, type Choice, type Constraints, checkConstraints, choose } from "../planner/choose.ts";
import { deviceTraits } from "../planner/device-traits.ts";
import type { TuningTable } from "../planner/tuning.ts";
import { type ConvProblem, operandBytes, tensorShape } from "../problem/problem.ts";
import { firstCalls } from "./first-calls.ts";
import { type ConvInputs, checkInputs, operandShape, resultName } from "./operands.ts";
import { Runner } from "./runner.ts";

/** Default of `maxWorkspaceBytes`. */
const DEFAULT_WORKSPACE_BYTES = 256 * 2 ** 20;

/** Cached plans of eager calls; the least recently used is dropped first. Each holds 256 bytes a dispatch on the GPU. */
const MAX_READY = 512;

/** Characters of the keys of known calls: about a hundred each. */
const MAX_CHARACTERS = 2 ** 20;

/** Options of calls that can be aborted. */
export interface Abortable {
  /** When it aborts, the promise rejects with its reason. */
  signal?: AbortSignal;
}

/** Options of `engine.plan`. */
export interface PlanOptions extends Constraints, Abortable {}

/** @throws ConvError if the options are invalid */
export function checkPlanOptions(options: unknown): { constraints: Constraints } & Abortable {
  const { signal, ...constraints } = checkOptions("constraints", options, [...CONSTRAINT_KEYS, "signal"]);
  const checked = checkSignal("signal", signal);
  return { constraints: checkConstraints("constraints", constraints), ...(checked && { signal: checked }) };
}

/**
 * Runs the plan of a problem on the inputs of an eager call, which has checked that x or dy is a tensor of a live engine.
 * @param lower the lowering of the problem's pass
 */
export function runPlan(lower: Lower, problem: ConvProblem, constraints: Constraints, inputs: ConvInputs): Tensor {
  const { gpu } = (inputs.x ?? inputs.dy)!;
  const buffers = checkInputs(gpu, problem, inputs);
  const { recorder } = gpu;
  if (recorder) {
    const result = resultName(problem);
    const results = { [result]: { ...pick(problem, ["layout", "dtype"]), shape: operandShape(problem, result) } };
    const key = () => planKey(problem, constraints);
    const plan = () => {
      const without = { uniformBytes: undefined, ...(!recorder.textures && { textureBytes: undefined }) };
      const decided = gpu.attached(PlanCache).decide(lower, problem, constraints, without);
      return { ...decided.plan, choice: decided.choice };
    };
    return recorded(gpu, recorder, { name: "conv", buffers, results, key, plan })[result]!;
  }
  return gpu.attached(PlanCache).get(lower, problem, constraints).run(buffers, inputs);
}

/** The plans of one engine. */
export class PlanCache {
  readonly gpu: GpuContext;
  readonly platform: Platform;
  readonly tuning: TuningTable;
  /** What runs the latest eager calls on other tensors, by how they were given (known-calls.ts). */
  readonly calls = new LruCache<(inputs: ConvInputs) => Tensor>(MAX_READY, MAX_CHARACTERS);
  readonly #ready: ReadyCache<Runner>;

  constructor(gpu: GpuContext, platform: Platform, tuning: TuningTable) {
    this.gpu = gpu;
    this.platform = platform;
    this.tuning = tuning;
    this.#ready = new ReadyCache(gpu, MAX_READY);
  }

  /** The device traits for planning, within the caller's constraints. */
  traits(constraints: Constraints = {}): DeviceTraits {
    const workspace = constraints.maxWorkspaceBytes ?? DEFAULT_WORKSPACE_BYTES;
    return deviceTraits(this.gpu.device, this.platform.traits, workspace, this.tuning.rates);
  }

  /** @throws ConvError `unsupported` if the device lacks the element type */
  checkDtype<D extends TensorDtype>(dtype: D): D {
    if (dtype === "f16" && !this.gpu.device.features.has("shader-f16"))
      refuse("unsupported", "dtype", dtype, '"f32": this device lacks the feature shader-f16');
    return dtype;
  }

  /** Returns the plan of eager calls for a problem, compiled now if it is not cached. */
  get(lower: Lower, problem: ConvProblem, constraints: Constraints, key = planKey(problem, constraints)): Runner {
    return this.#ready.get(key, () => {
      const { choice, plan } = this.decide(lower, problem, constraints);
      return new Runner(this.gpu, problem, plan, firstCalls(choice));
    });
  }

  /**
   * Chooses and plans how to compute a problem.
   * @param given traits in place of the device's: what is recorded keeps prepacked weights in buffers of other usage, and may have no textures
   */
  decide(
    lower: Lower,
    problem: ConvProblem,
    constraints: Constraints,
    given: Partial<DeviceTraits> = {},
  ): { choice: Choice; plan: Plan } {
    this.checkDtype(problem.dtype);
    const traits = { ...this.traits(constraints), ...given };
    for (const operand of ["x", "w", "y"] as const)
      checkBinding(this.gpu, operand, operandBytes(problem, operand), tensorShape(problem, operand));
    const choice = choose(
      this.platform.algorithms,
      lower(problem, traits),
      constraints,
      this.tuning.lookUp(problem, constraints),
    );
    return { choice, plan: choice.chosen.candidate.plan() };
  }

  /** Waits until the kernels of the eager calls so far are compiled. */
  async settle(): Promise<void> {
    for (const runner of this.#ready.values()) runner.settle();
    await this.gpu.pipelines.settle();
  }

  /** Drops the plan of eager calls for a problem, to choose it again: measurements of it are new. */
  forget(problem: ConvProblem, constraints: Constraints): void {
    this.#ready.delete(planKey(problem, constraints));
  }

  /** Destroys the plans of eager calls, which are chosen again when they are needed. */
  destroy(): void {
    this.#ready.clear();
  }
}

/** The key of the plan of eager calls. */
export function planKey(problem: ConvProblem, constraints: Constraints): string {
  return JSON.stringify([problem, constraints]);
}
