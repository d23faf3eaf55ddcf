// Engine: a GPU device, and what is made on it: tensors, plans, measurements.
import type { Rates } from "./algorithms/cost.ts";
import { algorithms } from "./algorithms/index.ts";
import { DTYPES, bytesFor } from "./base/dtype.ts";
import { ConvError, refuse, words } from "./base/error.ts";
import { elementCount } from "./base/shape.ts";
import { checkOneOf, checkOptions, checkShape } from "./base/validate.ts";
import type { ConvPlan } from "./conv/conv-plan.ts";
import { type FindOptions, type Found, checkFindOptions } from "./conv/find.ts";
import { Plans } from "./conv/plans.ts";
import { checkBinding } from "./gpu/binding-limit.ts";
import { GpuContext } from "./gpu/context.ts";
import { type DeviceSource, type OpenedDevice, openDevice } from "./gpu/device.ts";
import type { MemoryReport } from "./gpu/memory.ts";
import { Tensor, type TensorOptions, toBytes } from "./gpu/tensor.ts";
import { BufferUsage, TENSOR_USAGE } from "./gpu/usage.ts";
import { type Constraints, checkConstraints } from "./planner/choose.ts";
import { type TuningStore, checkStore } from "./planner/store.ts";
import { TuningTable, circumstancesOf } from "./planner/tuning.ts";
import { type ConvDescriptor, LAYOUTS, type Pass } from "./problem/problem.ts";

export interface EngineOptions extends DeviceSource {
  /** Where what `find` learned outlives the engine: "keep" (unless given) the environment's own place, "forget" nowhere, or yours. */
  tuning?: "keep" | "forget" | TuningStore;
}

export interface EngineInfo {
  readonly adapter: { vendor: string; architecture: string; device: string; description: string; isFallback: boolean };
  /** Optional features in use. */
  readonly features: readonly string[];
  /** Limits in use, in WebGPU's names. */
  readonly limits: Readonly<Record<string, number>>;
}

/** Ranks a tensor may have: a bias has one axis, a 3-D batch five. */
const TENSOR_RANKS = [1, 2, 3, 4, 5];

/** A GPU device, its tensors and its plans. Functions compute: `conv(x, w)`, `maxPool(x, options)`. */
export class Engine {
  readonly device: GPUDevice;
  readonly info: EngineInfo;
  readonly algorithms: readonly { readonly name: string; readonly passes: readonly Pass[] }[] = algorithms.map(
    ({ name, passes }) => ({ name, passes }),
  );
  readonly #gpu: GpuContext;
  readonly #ownsDevice: boolean;
  readonly #plans: Plans;
  /** What `find` and `calibrate` learned, on this and other machines: `export()`, `import(data)`, `clear()`. */
  readonly tuning: TuningTable;
  #destroyed = false;

  /** @internal Use createEngine. */
  constructor({ device, owned, adapterInfo }: OpenedDevice, store?: TuningStore) {
    this.device = device;
    this.#ownsDevice = owned;
    this.#gpu = new GpuContext(device);
    const {
      vendor = "",
      architecture = "",
      device: model = "",
      description = "",
      isFallbackAdapter = false,
    } = adapterInfo ?? {};
    this.info = {
      adapter: { vendor, architecture, device: model, description, isFallback: isFallbackAdapter },
      features: [...device.features],
      limits: limitsOf(device),
    };
    this.tuning = new TuningTable(circumstancesOf(this.info.adapter), store);
    this.#plans = this.#gpu.attach(new Plans(this.#gpu, this.info.adapter, this.tuning));
  }

  /** Bytes of GPU memory held now, by use, and the most held at once. */
  get memory(): MemoryReport {
    return this.#gpu.memory.report();
  }

  /** Resolves, with the reason, when the device is lost. */
  get lost(): Promise<ConvError> {
    return this.#gpu.errors.lost;
  }

  /** A tensor of the given values, in row-major order of `shape`. */
  tensor(data: ArrayLike<number>, shape: readonly number[], options: TensorOptions = {}): Tensor {
    const { sizes, checked } = this.#checkNew(shape, options);
    const bytes = toBytes("data", data, elementCount(sizes), checked.dtype);
    const tensor = this.#create(sizes, checked);
    this.#gpu.errors.run("tensor upload", () => this.device.queue.writeBuffer(tensor.storage, 0, bytes));
    return tensor;
  }

  /** A tensor of zeros. */
  empty(shape: readonly number[], options: TensorOptions = {}): Tensor {
    const { sizes, checked } = this.#checkNew(shape, options);
    return this.#create(sizes, checked);
  }

  /**
   * A tensor over a buffer of the caller's, without a copy; `destroy` does not free it.
   * @param buffer of this engine's device, with usage STORAGE (and COPY_SRC to be read), at least as large as the shape
   */
  wrap(buffer: GPUBuffer, shape: readonly number[], options: TensorOptions = {}): Tensor {
    const { sizes, checked } = this.#checkNew(shape, options);
    const bytes = bytesFor(elementCount(sizes), checked.dtype);
    if (typeof buffer !== "object" || buffer === null || typeof buffer.size !== "number")
      refuse("invalid-argument", "buffer", buffer, "a GPUBuffer");
    if (buffer.size < bytes)
      refuse(
        "shape-mismatch",
        "buffer",
        words(`${buffer.size} bytes`),
        `at least ${bytes} bytes for the shape [${sizes.join(", ")}]`,
      );
    if (!(buffer.usage & BufferUsage.STORAGE))
      refuse("invalid-argument", "buffer", words(`usage ${buffer.usage}`), "a usage with GPUBufferUsage.STORAGE");
    return new Tensor(this.#gpu, buffer, sizes, checked, false);
  }

  /**
   * Plans a pass without tensors and compiles it without blocking the page.
   * @throws ConvError (as a rejection) where the description is not valid or nothing serves it
   */
  async plan(pass: Pass, descriptor: ConvDescriptor, constraints: Constraints = {}): Promise<ConvPlan> {
    this.#alive();
    try {
      return await this.#plans.make(pass, descriptor, checkConstraints("constraints", constraints));
    } finally {
      this.#alive();
    }
  }

  /**
   * Measures every way to compute a pass that the constraints allow, on random data, each checked against `direct` first. What is learned
   * is kept in `tuning`, and "auto" goes by it from then on where it is asked for the same with the same constraints.
   * @param constraints also `progress`, called before each candidate, and `signal`, an AbortSignal that stops the search
   * @returns all of them, the fastest first; those that failed last, with the reason
   * @throws ConvError (as a rejection) where the description is not valid or nothing serves it; the signal's reason where it aborts
   */
  async find(pass: Pass, descriptor: ConvDescriptor, constraints: FindOptions = {}): Promise<Found[]> {
    this.#alive();
    return this.#plans.find(pass, descriptor, checkFindOptions(constraints), (data, shape, { layout, dtype }) =>
      this.tensor(data, shape, { layout, dtype }),
    );
  }

  /**
   * Measures what the adapter does in a second, in a tenth or two of one, and keeps it in `tuning`: "auto" ranks by that from then on, and
   * by the figures of an adapter of its kind until then. `find` does it first where it was not done yet.
   */
  async calibrate(): Promise<Rates> {
    this.#alive();
    const rates = await this.#plans.calibrate();
    this.#alive();
    return rates;
  }

  /** Frees everything the engine made, and the device where the engine made it. */
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
    if (this.#destroyed) throw new ConvError("destroyed", "engine: got a destroyed engine, expected a live one");
  }

  #checkNew(shape: readonly number[], options: TensorOptions): { sizes: number[]; checked: Required<TensorOptions> } {
    this.#alive();
    const sizes = checkShape("shape", shape, TENSOR_RANKS);
    const { dtype, layout } = checkOptions("options", options, ["dtype", "layout"]);
    const checked = {
      dtype: this.#plans.checkDtype(checkOneOf("dtype", dtype ?? "f32", DTYPES)),
      layout: checkOneOf("layout", layout ?? "channels-first", LAYOUTS),
    };
    checkBinding(this.#gpu, "shape", bytesFor(elementCount(sizes), checked.dtype), sizes);
    return { sizes, checked };
  }

  #create(shape: readonly number[], options: Required<TensorOptions>): Tensor {
    const descriptor = {
      label: "convoke tensor",
      size: bytesFor(elementCount(shape), options.dtype),
      usage: TENSOR_USAGE,
    };
    const buffer = this.#gpu.errors.run("tensor", () => this.#gpu.memory.allocate("tensors", descriptor));
    return new Tensor(this.#gpu, buffer, shape, options, true);
  }
}

/**
 * An engine on the environment's GPU, or on the given device, adapter or GPU object. What its `find` learns is kept for the next one
 * (IndexedDB in a page, a file of the user's cache folder under Node) unless `tuning` is "forget" or a place of the caller's own.
 * @throws ConvError (as a rejection) `no-webgpu`, `no-adapter` or `no-device`, saying what to do
 */
export async function createEngine(options: EngineOptions = {}): Promise<Engine> {
  const { tuning = "keep", ...source } = checkOptions("options", options, ["device", "adapter", "gpu", "tuning"]);
  const store = checkStore("tuning", tuning);
  const given = Object.keys(source).filter((key) => source[key] !== undefined);
  if (given.length > 1)
    refuse("invalid-argument", "options", words(given.join(" and ")), "one of device, adapter and gpu");
  const engine = new Engine(await openDevice(source), store);
  await engine.tuning.load();
  return engine;
}

function limitsOf(device: GPUDevice): Record<string, number> {
  // Limits are getters on a prototype: spreading the object would find none.
  const limits: Record<string, number> = {};
  for (const name in device.limits) {
    const value = device.limits[name as keyof GPUSupportedLimits];
    if (typeof value === "number") limits[name] = value;
  }
  return limits;
}
