// The plans of an engine: chooses and compiles them, caches those of eager calls, and measures on request. The code of plans
// that callers own and of measurements is loaded on first use: it is a tenth of a bundle, and eager calls have no need of it.
import type { Rates } from "../algorithms/cost.ts";
import { algorithms } from "../algorithms/index.ts";
import type { Lower } from "../algorithms/lowering.ts";
import type { DeviceTraits } from "../algorithms/traits.ts";
import type { TensorDtype } from "../base/dtype.ts";
import { refuse } from "../base/error.ts";
import { checkOptions, checkSignal } from "../base/validate.ts";
import { checkBinding } from "../gpu/binding-limit.ts";
import type { GpuContext } from "../gpu/context.ts";
import { ReadyCache } from "../gpu/ready-cache.ts";
import type { Tensor } from "../gpu/tensor.ts";
import type { Plan } from "../kernel/step.ts";
import { CONSTRAINT_KEYS, type Choice, type Constraints, checkConstraints, choose, rank } from "../planner/choose.ts";
import { deviceTraits } from "../planner/device-traits.ts";
import { type AdapterDescription, traitsOf } from "../planner/gpu-classes.ts";
import type { TuningTable } from "../planner/tuning.ts";
import {
  type ConvDescriptor,
  type ConvProblem,
  type Pass,
  convProblem,
  operandBytes,
  tensorShape,
} from "../problem/problem.ts";
import type { ConvPlan } from "./conv-plan.ts";
import type { FindOptions, Found } from "./find-options.ts";
import type { Workbench } from "./find.ts";
import { type ConvInputs, checkInputs } from "./operands.ts";
import { Runner } from "./runner.ts";

/** Default of `maxWorkspaceBytes`. */
const DEFAULT_WORKSPACE_BYTES = 256 * 2 ** 20;

/** Cached plans of eager calls; the least recently used is dropped first. Each holds 256 bytes a dispatch on the GPU. */
const MAX_READY = 512;

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
  return gpu.attached(PlanCache).get(lower, problem, constraints).run(buffers, inputs.w);
}

/** Loads the plans that callers own, `find`, `calibrate`, and the lowering of any pass. */
const loadOnDemand = () => import("./on-demand.ts");

/** The plans of one engine. */
export class PlanCache {
  readonly #gpu: GpuContext;
  readonly #adapter: AdapterDescription;
  readonly #tuning: TuningTable;
  readonly #ready: ReadyCache<Runner>;

  constructor(gpu: GpuContext, adapter: AdapterDescription, tuning: TuningTable) {
    this.#gpu = gpu;
    this.#adapter = adapter;
    this.#tuning = tuning;
    this.#ready = new ReadyCache(gpu, MAX_READY);
  }

  /** The device traits for planning, within the caller's constraints. */
  traits(constraints: Constraints = {}): DeviceTraits {
    const workspace = constraints.maxWorkspaceBytes ?? DEFAULT_WORKSPACE_BYTES;
    return deviceTraits(this.#gpu.device, this.#adapter, workspace, this.#tuning.rates);
  }

  /** @throws ConvError `unsupported` if the device lacks the element type */
  checkDtype<D extends TensorDtype>(dtype: D): D {
    if (dtype === "f16" && !this.#gpu.device.features.has("shader-f16"))
      refuse("unsupported", "dtype", dtype, '"f32": this device lacks the feature shader-f16');
    return dtype;
  }

  /** Makes a plan for the caller to own, compiled without blocking the page. */
  async make(
    pass: Pass,
    descriptor: ConvDescriptor,
    constraints: Constraints,
    signal?: AbortSignal,
  ): Promise<ConvPlan> {
    const problem = convProblem(pass, descriptor);
    const { ConvPlan: Plan, lower } = await loadOnDemand();
    const { choice, plan } = this.#decide(lower, problem, constraints);
    signal?.throwIfAborted();
    const steps = [...(plan.preparation?.steps ?? []), ...plan.steps];
    await Promise.all(steps.map((step) => this.#gpu.pipelines.prepare(step.kernel)));
    signal?.throwIfAborted();
    return new Plan(this.#gpu, problem, choice, plan);
  }

  /** Returns the plan of eager calls for a problem, compiled now if it is not cached. */
  get(lower: Lower, problem: ConvProblem, constraints: Constraints): Runner {
    return this.#ready.get(
      keyOf(problem, constraints),
      () => new Runner(this.#gpu, problem, this.#decide(lower, problem, constraints).plan),
    );
  }

  /** Measures the rates of the adapter, which estimates use from then on. The plans of eager calls are chosen again. */
  async calibrate(signal?: AbortSignal): Promise<Rates> {
    const { calibrate } = await loadOnDemand();
    const rates = await this.#measured(() => calibrate(this.#gpu, traitsOf(this.#adapter).rates, signal), signal);
    await this.#tuning.addCalibration(rates);
    this.#ready.clear();
    return rates;
  }

  /** Measures the candidates of a problem, on tensors that `tensor` makes; "auto" ranks by the results from then on. */
  async find(
    pass: Pass,
    descriptor: ConvDescriptor,
    { progress, signal, ...constraints }: FindOptions,
    tensor: (data: ArrayLike<number>, shape: readonly number[], problem: ConvProblem) => Tensor,
  ): Promise<Found[]> {
    const problem = convProblem(pass, descriptor);
    // A copy, since the caller's may change during the search. Being checked, it is plain data.
    const checked = structuredClone(descriptor);
    const { find, lower, measurementsOf } = await loadOnDemand();
    this.#decide(lower, problem, constraints);
    signal?.throwIfAborted();
    // Candidates are measured in the order of their estimates: the better the estimates, the sooner slow candidates are dropped.
    if (!this.#tuning.rates) await this.calibrate(signal);
    const workbench: Workbench = {
      device: this.#gpu.device,
      plan: (...args) => this.make(...args),
      tensor: (data, shape) => tensor(data, shape, problem),
      ranked: () => rank(algorithms, lower(problem, this.traits(constraints)), constraints).ranked,
      check: (cause) => this.#gpu.check(cause),
    };
    const search = (): Promise<Found[]> => find(workbench, problem, checked, constraints, { progress, signal });
    const found = await this.#measured(search, signal);
    await this.#tuning.add(problem, constraints, measurementsOf(found));
    // The cached plan was chosen without these measurements.
    this.#ready.delete(keyOf(problem, constraints));
    return found;
  }

  /** Destroys the plans of eager calls. */
  destroy(): void {
    this.#ready.clear();
  }

  /** Runs a measurement. If the device was lost or the engine destroyed meanwhile, rejects with that instead of the result or the failure. */
  async #measured<T>(measure: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    try {
      const result = await measure();
      await this.#gpu.check();
      return result;
    } catch (cause) {
      if (!signal?.aborted) await this.#gpu.check(cause);
      throw cause;
    }
  }

  #decide(lower: Lower, problem: ConvProblem, constraints: Constraints): { choice: Choice; plan: Plan } {
    this.checkDtype(problem.dtype);
    const traits = this.traits(constraints);
    for (const operand of ["x", "w", "y"] as const)
      checkBinding(this.#gpu, operand, operandBytes(problem, operand), tensorShape(problem, operand));
    const choice = choose(algorithms, lower(problem, traits), constraints, this.#tuning.lookUp(problem, constraints));
    return { choice, plan: choice.chosen.candidate.plan() };
  }
}

function keyOf(problem: ConvProblem, constraints: Constraints): string {
  return JSON.stringify([problem, constraints]);
}
