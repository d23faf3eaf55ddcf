// The plans of an engine: chooses and compiles them, keeps those of eager calls ready, and measures on request. What measures
// is loaded on request too: it is a fifteenth of a bundle, and most pages never measure.
import type { Rates } from "../algorithms/cost.ts";
import { algorithms } from "../algorithms/index.ts";
import type { DeviceTraits } from "../algorithms/traits.ts";
import type { Dtype } from "../base/dtype.ts";
import { refuse, words } from "../base/error.ts";
import { checkOptions, checkSignal } from "../base/validate.ts";
import type { GpuContext } from "../gpu/context.ts";
import { ReadyCache } from "../gpu/ready-cache.ts";
import type { Tensor } from "../gpu/tensor.ts";
import type { Plan } from "../kernel/step.ts";
import { CONSTRAINT_KEYS, type Choice, type Constraints, checkConstraints, choose, rank } from "../planner/choose.ts";
import { type AdapterDescription, deviceTraits } from "../planner/device-traits.ts";
import type { TuningTable } from "../planner/tuning.ts";
import {
  type ConvDescriptor,
  type ConvProblem,
  type Pass,
  convProblem,
  operandBytes,
  tensorShape,
} from "../problem/problem.ts";
import { ConvPlan } from "./conv-plan.ts";
import { type FindOptions, type Found, measurementsOf } from "./find-options.ts";
import type { Workbench } from "./find.ts";
import { type ConvInputs, checkInputs } from "./operands.ts";

/** Bytes of workspace and prepacked weights that a plan may need where the caller says nothing. */
const DEFAULT_WORKSPACE_BYTES = 256 * 2 ** 20;

/** Plans of eager calls kept ready; the least recently used goes first. Each holds 256 bytes a dispatch on the GPU. */
const MAX_READY = 512;

/** What stops waiting: the promise rejects with the signal's reason. */
export interface Abortable {
  signal?: AbortSignal;
}

export interface PlanOptions extends Constraints, Abortable {}

/** @throws ConvError if the options are invalid */
export function checkPlanOptions(options: unknown): { constraints: Constraints } & Abortable {
  const { signal, ...constraints } = checkOptions("constraints", options, [...CONSTRAINT_KEYS, "signal"]);
  const checked = checkSignal("signal", signal);
  return { constraints: checkConstraints("constraints", constraints), ...(checked && { signal: checked }) };
}

/** Runs the plan of a problem on the tensors of an eager call, which has checked that x or dy is one. */
export function runPlan(problem: ConvProblem, constraints: Constraints, inputs: ConvInputs): Tensor {
  const { gpu } = (inputs.x ?? inputs.dy)!;
  gpu.memory.checkOpen();
  const buffers = checkInputs(gpu, problem, inputs);
  return gpu.attached(PlanCache).get(problem, constraints).runOn(buffers, inputs.w);
}

export class PlanCache {
  readonly #gpu: GpuContext;
  readonly #adapter: AdapterDescription;
  readonly #tuning: TuningTable;
  readonly #ready: ReadyCache<ConvPlan>;

  constructor(gpu: GpuContext, adapter: AdapterDescription, tuning: TuningTable) {
    this.#gpu = gpu;
    this.#adapter = adapter;
    this.#tuning = tuning;
    this.#ready = new ReadyCache(gpu, MAX_READY);
  }

  /** The device as planning sees it, within the caller's constraints. */
  traits(constraints: Constraints = {}): DeviceTraits {
    const workspace = constraints.maxWorkspaceBytes ?? DEFAULT_WORKSPACE_BYTES;
    return deviceTraits(this.#gpu.device, this.#adapter, workspace, this.#tuning.rates);
  }

  /** @throws ConvError where the device has no such elements */
  checkDtype(dtype: Dtype): Dtype {
    if (dtype === "f16" && !this.#gpu.device.features.has("shader-f16"))
      refuse("unsupported", "dtype", dtype, '"f32": this device was made without the feature shader-f16');
    return dtype;
  }

  /** Makes a plan of the caller's own, compiled without blocking the page. */
  async make(
    pass: Pass,
    descriptor: ConvDescriptor,
    constraints: Constraints,
    signal?: AbortSignal,
  ): Promise<ConvPlan> {
    const problem = convProblem(pass, descriptor);
    const { choice, plan } = this.#decide(problem, constraints);
    signal?.throwIfAborted();
    const steps = [...(plan.preparation?.steps ?? []), ...plan.steps];
    await Promise.all(steps.map((step) => this.#gpu.pipelines.prepare(step.kernel)));
    signal?.throwIfAborted();
    return new ConvPlan(this.#gpu, problem, choice, plan);
  }

  /** The plan of eager calls for a problem, compiled now where it is not ready. */
  get(problem: ConvProblem, constraints: Constraints): ConvPlan {
    return this.#ready.get(keyOf(problem, constraints), () => {
      const { choice, plan } = this.#decide(problem, constraints);
      return new ConvPlan(this.#gpu, problem, choice, plan);
    });
  }

  /** Measures the adapter, and estimates by that from then on. Plans of eager calls are chosen again. */
  async calibrate(signal?: AbortSignal): Promise<Rates> {
    const { calibrate } = await import("../planner/calibrate.ts");
    const rates = await this.#measured(() => calibrate(this.#gpu, !this.traits().software, signal), signal);
    await this.#tuning.addCalibration(rates);
    this.#ready.clear();
    return rates;
  }

  /** Measures what can compute a problem, on tensors that `tensor` makes, and ranks by it from then on. */
  async find(
    pass: Pass,
    descriptor: ConvDescriptor,
    { progress, signal, ...constraints }: FindOptions,
    tensor: (data: ArrayLike<number>, shape: readonly number[], problem: ConvProblem) => Tensor,
  ): Promise<Found[]> {
    const problem = convProblem(pass, descriptor);
    this.#decide(problem, constraints);
    signal?.throwIfAborted();
    // A copy, of what is plain data now that it was checked: the caller's may change during the search.
    const checked = structuredClone(descriptor);
    // Candidates are measured in the order of their estimates: the better those are, the sooner losers are known.
    if (!this.#tuning.rates) await this.calibrate(signal);
    const workbench: Workbench = {
      device: this.#gpu.device,
      plan: (...args) => this.make(...args),
      tensor: (data, shape) => tensor(data, shape, problem),
      ranked: () => rank(algorithms, problem, this.traits(constraints), constraints).ranked,
      check: (cause) => this.#gpu.check(cause),
    };
    const { find } = await import("./find.ts");
    const search = (): Promise<Found[]> => find(workbench, problem, checked, constraints, { progress, signal });
    const found = await this.#measured(search, signal);
    await this.#tuning.add(problem, constraints, measurementsOf(found));
    // The plan of eager calls was chosen without what is known now.
    this.#ready.delete(keyOf(problem, constraints));
    return found;
  }

  /** Destroys the plans of eager calls. */
  destroy(): void {
    this.#ready.clear();
  }

  /** Measures. What is measured on a GPU that is gone is thrown away, and what fails there fails because it is gone. */
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

  #decide(problem: ConvProblem, constraints: Constraints): { choice: Choice; plan: Plan } {
    this.checkDtype(problem.dtype);
    const traits = this.traits(constraints);
    for (const operand of ["x", "w", "y"] as const) {
      const bytes = operandBytes(problem, operand);
      if (bytes > traits.maxBindingBytes)
        refuse(
          "too-large",
          operand,
          words(`[${tensorShape(problem, operand).join(", ")}], ${bytes} bytes`),
          `at most ${traits.maxBindingBytes} bytes, what this device binds at once`,
        );
    }
    const choice = choose(algorithms, problem, traits, constraints, this.#tuning.lookUp(problem, constraints));
    return { choice, plan: choice.chosen.candidate.plan() };
  }
}

function keyOf(problem: ConvProblem, constraints: Constraints): string {
  return JSON.stringify([problem, constraints]);
}
