// Plans on a device: which algorithm computes a problem, compiled and kept for eager calls, and measured where that is asked for.
import type { DeviceTraits } from "../algorithms/traits.ts";
import { algorithms } from "../algorithms/index.ts";
import type { Rates } from "../algorithms/cost.ts";
import { ConvPlan } from "./conv-plan.ts";
import type { Dtype } from "../base/dtype.ts";
import { refuse, words } from "../base/error.ts";
import { calibrate } from "../planner/calibrate.ts";
import type { GpuContext } from "../gpu/context.ts";
import { deviceTraits } from "../planner/device-traits.ts";
import { ReadyCache } from "../gpu/ready-cache.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { checkSameEngine } from "../gpu/tensor.ts";
import { type ConvInputs, checkInputs } from "./operands.ts";
import { type Constraints, candidates, choose } from "../planner/choose.ts";
import { type FindOptions, type Found, type Workbench, find, measurementsOf } from "./find.ts";
import type { TuningTable } from "../planner/tuning.ts";
import { type ConvDescriptor, type ConvProblem, type Pass, convProblem, operandBytes, tensorShape } from "../problem/problem.ts";

/** Scratch memory a plan may ask for where the caller says nothing. */
const DEFAULT_WORKSPACE_BYTES = 256 * 2 ** 20;

/** Plans of eager calls kept ready; the least recently used goes first. Each holds 256 bytes a dispatch on the GPU. */
const MAX_READY = 512;

/** Runs the plan of a problem on the tensors of an eager call. */
export function runPlan(problem: ConvProblem, constraints: Constraints, inputs: ConvInputs): Tensor {
  const gpu = checkSameEngine({ ...inputs });
  const buffers = checkInputs(gpu, problem, inputs);
  return gpu.attached<Plans>(Plans as never).ready(problem, constraints).runOn(buffers, inputs.w);
}

export class Plans {
  readonly #gpu: GpuContext;
  readonly #adapter: Parameters<typeof deviceTraits>[1];
  readonly #tuning: TuningTable;
  readonly #ready: ReadyCache<ConvPlan>;

  constructor(gpu: GpuContext, adapter: Parameters<typeof deviceTraits>[1], tuning: TuningTable) {
    this.#gpu = gpu;
    this.#adapter = adapter;
    this.#tuning = tuning;
    this.#ready = new ReadyCache(gpu, MAX_READY);
  }

  /** What planning may know of the device, within the caller's constraints. */
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

  /** A plan of its own, compiled without blocking the page. */
  async make(pass: Pass, descriptor: ConvDescriptor, constraints: Constraints): Promise<ConvPlan> {
    const problem = convProblem(pass, descriptor);
    const { choice, plan } = this.#decide(problem, constraints);
    const steps = [...(plan.preparation?.steps ?? []), ...plan.steps];
    await Promise.all(steps.map((step) => this.#gpu.pipelines.prepare(step.kernel)));
    return new ConvPlan(this.#gpu, problem, choice, plan);
  }

  /** The plan of eager calls, compiled now where it has to be. */
  ready(problem: ConvProblem, constraints: Constraints): ConvPlan {
    return this.#ready.get(keyOf(problem, constraints), () => {
      const { choice, plan } = this.#decide(problem, constraints);
      return new ConvPlan(this.#gpu, problem, choice, plan);
    });
  }

  /** Measures the adapter, and estimates by that from then on. Plans of eager calls are chosen anew. */
  async calibrate(): Promise<Rates> {
    const rates = await this.#measured(() => calibrate(this.#gpu, !this.traits().software));
    await this.#tuning.calibrated(rates);
    this.#ready.clear();
    return rates;
  }

  /** Measures what can compute a problem, on the tensors of a workbench, and goes by it from then on. */
  async find(
    pass: Pass,
    descriptor: ConvDescriptor,
    { progress, signal, ...constraints }: FindOptions,
    tensor: (
      data: ArrayLike<number>,
      shape: readonly number[],
      problem: ConvProblem,
    ) => ReturnType<Workbench["tensor"]>,
  ): Promise<Found[]> {
    const problem = convProblem(pass, descriptor);
    this.#decide(problem, constraints);
    signal?.throwIfAborted();
    // A copy, of what is plain data now that it was checked: the caller's may change during the search.
    const checked = structuredClone(descriptor);
    // Candidates are measured in the order of their estimates: the better those are, the sooner losers are known.
    if (!this.#tuning.rates) await this.calibrate();
    const bench: Workbench = {
      device: this.#gpu.device,
      plan: (...args) => this.make(...args),
      tensor: (data, shape) => tensor(data, shape, problem),
      candidates: () => candidates(algorithms, problem, this.traits(constraints), constraints).ranked,
      check: (cause) => this.#gpu.check(cause),
    };
    const found = await this.#measured(() => find(bench, problem, checked, constraints, { progress, signal }), signal);
    await this.#tuning.add(problem, constraints, measurementsOf(found));
    // A plan of eager calls was chosen without what is known now.
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

  #decide(problem: ConvProblem, constraints: Constraints) {
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
    return { choice, plan: choice.algorithm.plan(problem, traits, choice.variant) };
  }
}

function keyOf(problem: ConvProblem, constraints: Constraints): string {
  return JSON.stringify([problem, constraints]);
}
