// Engine: a GPU device, its tensors, its plans and its measurements.
import type { Rates } from "./algorithms/cost.ts";
import { DTYPES, type Dtype, type TensorDtype, bytesFor } from "./base/dtype.ts";
import { type ConvError, refuse, refuseDestroyed, words } from "./base/error.ts";
import { pick } from "./base/pick.ts";
import { elementCount } from "./base/shape.ts";
import { RANKS, checkOneOf, checkOptions, checkShape, checkSignal } from "./base/validate.ts";
import type { ConvPlan } from "./conv/conv-plan.ts";
import { type FindOptions, type Found, checkFindOptions } from "./conv/find-options.ts";
import { type Abortable, PlanCache, type PlanOptions, checkPlanOptions } from "./conv/plan-cache.ts";
import { describeAdapter } from "./gpu/adapter.ts";
import { checkBinding } from "./gpu/binding-limit.ts";
import { GpuContext } from "./gpu/context.ts";
import { type DeviceSource, type OpenedDevice, openDevice } from "./gpu/device.ts";
import { type MemoryReport, TensorStorage } from "./gpu/memory.ts";
import { Tensor, type TensorOptions, toBytes } from "./gpu/tensor.ts";
import { TENSOR_USAGE, checkBuffer } from "./gpu/usage.ts";
import type { Platform } from "./planner/adapter.ts";
import { loadPlatform } from "./planner/platform.ts";
import { type TuningStore, checkStore } from "./planner/store.ts";
import { TuningTable, environmentOf } from "./planner/tuning.ts";
import { type ConvDescriptor, LAYOUTS, PASSES, type Pass, convProblem } from "./problem/problem.ts";

/** Loads what plans, finds and calibrates. */
const loadOnDemand = () => import("./conv/on-demand.ts");

/** Options of `createEngine`. */
export interface EngineOptions extends DeviceSource {
  /**
   * Where the measurements of `find` and `calibrate` are stored: "keep" (the default) stores them in IndexedDB, or in the user's cache folder
   * under Node; "forget" does not store them; or a store of your own.
   */
  tuning?: "keep" | "forget" | TuningStore;
}

/** The GPU of an engine. */
export interface EngineInfo {
  readonly adapter: { vendor: string; architecture: string; device: string; description: string; isFallback: boolean };
  /** Optional features in use. */
  readonly features: readonly string[];
  /** Limits in use, in WebGPU's names. */
  readonly limits: Readonly<Record<string, number>>;
}

/**
 * A GPU device, its tensors and its plans. Created by `createEngine`. The engine makes things; functions compute: `conv(x, w)`,
 * `maxPool(x, options)`.
 * @example
 * using engine = await createEngine();
 * const x = engine.tensor(pixels, [1, 3, 224, 224]);
 */
export class Engine {
  readonly device: GPUDevice;
  readonly info: EngineInfo;
  /** The algorithms of convolution, by the names that `algorithm` takes, and the passes that each computes. */
  readonly algorithms: readonly { readonly name: string; readonly passes: readonly Pass[] }[];
  readonly #gpu: GpuContext;
  readonly #ownsDevice: boolean;
  readonly #plans: PlanCache;
  /** The measurements of `find` and `calibrate`, here and on other machines: `export()`, `import(data)`, `clear()`. */
  readonly tuning: TuningTable;
  #destroyed = false;

  /** @internal Use createEngine. */
  constructor({ device, owned, adapterInfo }: OpenedDevice, platform: Platform, store?: TuningStore) {
    this.device = device;
    this.#ownsDevice = owned;
    this.#gpu = new GpuContext(device, owned, platform.traits.gpu === "software");
    this.algorithms = platform.algorithms.map(({ name }) => ({ name, passes: PASSES }));
    this.info = {
      adapter: describeAdapter(adapterInfo),
      features: [...device.features],
      limits: limitsOf(device),
    };
    this.tuning = new TuningTable(environmentOf(this.info.adapter), store);
    this.#gpu.textures = platform.textures && new platform.textures(this.#gpu);
    this.#plans = this.#gpu.attach(new PlanCache(this.#gpu, platform, this.tuning));
  }

  /** @internal */
  get gpu(): GpuContext {
    return this.#gpu;
  }

  /** GPU memory in bytes: allocated now, by use (`pool` is freed memory, held for later results), and the peak. */
  get memory(): MemoryReport {
    return this.#gpu.memory.report();
  }

  /** Resolves when the device is lost, with the reason. */
  get lost(): Promise<ConvError> {
    return this.#gpu.errors.lost;
  }

  /**
   * Makes a tensor of the given values.
   * @param data as many numbers as the shape has elements, in row-major order
   * @param shape up to 8 sizes, none for a scalar; of a feature map [N, C, ...spatial], or [N, ...spatial, C] if `layout` is "channels-last"
   * @throws ConvError naming the argument that does not fit
   * @example
   * const x = engine.tensor(pixels, [1, 3, 224, 224]);
   */
  tensor<D extends TensorDtype = Dtype>(
    data: ArrayLike<number>,
    shape: readonly number[],
    options: TensorOptions<D> = {},
  ): Tensor<D> {
    const { sizes, checked } = this.#checkNew(shape, options);
    const bytes = toBytes("data", data, elementCount(sizes), checked.dtype);
    const tensor = this.#create("reuse", sizes, checked);
    this.#gpu.errors.run("tensor upload", () => this.device.queue.writeBuffer(tensor.storage, 0, bytes));
    return tensor;
  }

  /**
   * Makes a tensor of zeros.
   * @throws ConvError naming the argument that does not fit
   * @example
   * const sums = engine.empty([64], { dtype: "f16" });
   */
  empty<D extends TensorDtype = Dtype>(shape: readonly number[], options: TensorOptions<D> = {}): Tensor<D> {
    const { sizes, checked } = this.#checkNew(shape, options);
    return this.#create("allocate", sizes, checked);
  }

  /**
   * Makes a tensor over a buffer of the caller's, without a copy; `destroy` does not free it.
   * @param buffer of this engine's device, with usage STORAGE (and COPY_SRC to be read), at least as large as the shape
   * @throws ConvError naming the argument that does not fit
   * @example
   * const x = engine.wrap(buffer, [1, 3, 224, 224]);
   */
  wrap<D extends TensorDtype = Dtype>(
    buffer: GPUBuffer,
    shape: readonly number[],
    options: TensorOptions<D> = {},
  ): Tensor<D> {
    const { sizes, checked } = this.#checkNew(shape, options);
    const bytes = bytesFor(elementCount(sizes), checked.dtype);
    checkBuffer("buffer", buffer, bytes, { need: ` for the shape [${sizes.join(", ")}]` });
    return new Tensor(this.#gpu, new TensorStorage(this.#gpu, buffer, false), sizes, checked);
  }

  /**
   * Plans a pass from its shapes, without tensors, and compiles it without blocking the page.
   * @param descriptor the forward convolution that the pass belongs to
   * @param options constraints, and `signal`, an AbortSignal
   * @throws ConvError (as a rejection) if the descriptor is invalid or no algorithm can compute it; the signal's reason if it aborts
   * @example
   * const plan = await engine.plan("forward", { inputShape: [1, 3, 224, 224], kernelShape: [64, 3, 7, 7], stride: 2 });
   */
  async plan(pass: Pass, descriptor: ConvDescriptor, options: PlanOptions = {}): Promise<ConvPlan> {
    this.#alive();
    const { constraints, signal } = checkPlanOptions(options);
    const problem = convProblem(pass, descriptor);
    try {
      const { plan } = await loadOnDemand();
      return await plan(this.#plans, problem, constraints, signal);
    } finally {
      this.#alive();
    }
  }

  /**
   * Measures every way to compute a pass that the constraints allow, on random data, and checks each result against `direct`, or against the fastest
   * algorithm that sums term by term as well where that would take over two seconds. What by estimate takes over ten times as long as the fastest,
   * and over 0.2 s, is not measured. The times are stored in `tuning`; from then on "auto" ranks the same pass under the same constraints by them.
   * @param options constraints; `progress`, called before each candidate; and `signal`, an AbortSignal that stops the search
   * @returns all candidates: the measured ones, fastest first, then the others, each with the reason why it was not measured or failed
   * @throws ConvError (as a rejection) if the descriptor is invalid or no algorithm can compute it; the signal's reason if it aborts
   * @example
   * const [fastest] = await engine.find("forward", { inputShape: [1, 64, 56, 56], kernelShape: [64, 64, 3, 3], padding: 1 });
   */
  async find(pass: Pass, descriptor: ConvDescriptor, options: FindOptions = {}): Promise<Found[]> {
    this.#alive();
    const checked = checkFindOptions(options);
    const problem = convProblem(pass, descriptor);
    // A copy, since the caller's may change during the search. Being checked, it is plain data.
    const copy = structuredClone(descriptor);
    const { find } = await loadOnDemand();
    return find(this.#plans, problem, copy, checked, (data, shape) =>
      this.tensor(data, shape, pick(problem, ["layout", "dtype"])),
    );
  }

  /**
   * Measures the rates of the adapter, in 0.1 to 0.2 s, and stores them in `tuning`. From then on "auto" estimates by them; before, it uses the
   * rates of a typical GPU or software adapter. `find` calibrates first if that was not done yet.
   * @param options `signal`, an AbortSignal that stops the measurement
   * @throws ConvError (as a rejection) `destroyed` or `device-lost`; the signal's reason if it aborts
   * @example
   * const { multiplyAdds } = await engine.calibrate();
   */
  async calibrate(options: Abortable = {}): Promise<Rates> {
    this.#alive();
    const { signal } = checkOptions("options", options, ["signal"]);
    const checked = checkSignal("signal", signal);
    const { calibrate } = await loadOnDemand();
    const rates = await calibrate(this.#plans, checked);
    this.#alive();
    return rates;
  }

  /**
   * Resolves when no kernel is being compiled for calls made so far. On software adapters the first calls of a shape run kernels that compile sooner and
   * compute the same bits; from the second call on the faster ones follow, in Chromium while the page is quiet, in Firefox once they pay or you wait for
   * them here. Wait for them before you time calls.
   * @throws ConvError (as a rejection) `destroyed`
   * @example
   * for (let call = 0; call < 2; call++) conv(x, w).destroy();
   * await engine.settled();
   */
  async settled(): Promise<void> {
    this.#alive();
    await this.#plans.settle();
    this.#alive();
  }

  /** Frees all memory of the engine, and destroys the device if the engine requested it. */
  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    this.#gpu.destroy();
    if (this.#ownsDevice) this.device.destroy();
  }

  [Symbol.dispose](): void {
    this.destroy();
  }

  #alive(): void {
    if (this.#destroyed) refuseDestroyed("engine", "engine");
  }

  #checkNew<D extends TensorDtype>(
    shape: readonly number[],
    options: TensorOptions<D>,
  ): { sizes: number[]; checked: Required<TensorOptions<D>> } {
    this.#alive();
    const sizes = checkShape("shape", shape, RANKS);
    const { dtype, layout } = checkOptions("options", options, ["dtype", "layout"]);
    const checked = {
      dtype: this.#plans.checkDtype(checkOneOf("dtype", dtype ?? "f32", [...DTYPES, "u32"])) as D,
      layout: checkOneOf("layout", layout ?? "channels-first", LAYOUTS),
    };
    checkBinding(this.#gpu, "shape", bytesFor(elementCount(sizes), checked.dtype), sizes);
    return { sizes, checked };
  }

  #create<D extends TensorDtype>(
    method: "allocate" | "reuse",
    shape: readonly number[],
    options: Required<TensorOptions<D>>,
  ): Tensor<D> {
    const descriptor = {
      label: "convoke tensor",
      size: bytesFor(elementCount(shape), options.dtype),
      usage: TENSOR_USAGE,
    };
    const buffer = this.#gpu.errors.runPrivate("tensor", true, () => this.#gpu.memory[method]("tensors", descriptor));
    return new Tensor(this.#gpu, new TensorStorage(this.#gpu, buffer, true), shape, options);
  }
}

/**
 * Creates an engine on the environment's GPU, or on the given device, adapter or GPU object. Its measurements are stored for later engines
 * (see `tuning`). Unless the adapter computes on the CPU, this loads the kernels that only GPUs have, while it requests the device.
 * @throws ConvError (as a rejection) `no-webgpu`, `no-adapter` or `no-device`, saying what to do; the error of the import if those kernels cannot
 * be loaded
 * @example
 * using engine = await createEngine();
 * const y = conv(engine.tensor(pixels, [1, 3, 224, 224]), engine.tensor(filters, [64, 3, 7, 7]), { stride: 2 });
 */
export async function createEngine(options: EngineOptions = {}): Promise<Engine> {
  const { tuning = "keep", ...source } = checkOptions("options", options, ["device", "adapter", "gpu", "tuning"]);
  const store = checkStore("tuning", tuning);
  const given = Object.keys(source).filter((key) => source[key] !== undefined);
  if (given.length > 1)
    refuse("invalid-argument", "options", words(given.join(" and ")), "one of device, adapter and gpu");
  const opened = await openDevice(source, (adapterInfo) => loadPlatform(describeAdapter(adapterInfo), adapterInfo));
  const engine = new Engine(opened, opened.loaded, store);
  await engine.tuning.load();
  return engine;
}

function limitsOf(device: GPUDevice): Record<string, number> {
  // Limits are getters of a prototype, which spreading the object would miss.
  const limits: Record<string, number> = {};
  for (const name in device.limits) {
    const value = device.limits[name as keyof GPUSupportedLimits];
    if (typeof value === "number") limits[name] = value;
  }
  return limits;
}
