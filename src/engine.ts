// Engine: a device, its tensors and its operations.
import { algorithms } from "./algorithms/index.ts";
import type { Rates } from "./algorithms/work.ts";
import { BiasGradients } from "./bias-gradients.ts";
import type { ConvPlan } from "./conv-plan.ts";
import { DTYPES, bytesFor } from "./dtype.ts";
import { ConvError, refuse, words } from "./error.ts";
import { GpuContext } from "./gpu/context.ts";
import { type DeviceSource, openDevice, type OpenedDevice } from "./gpu/device.ts";
import type { MemoryReport } from "./gpu/memory.ts";
import { BufferUsage, TENSOR_USAGE } from "./gpu/usage.ts";
import { checkInputs } from "./operands.ts";
import {
  type Call,
  type ConvBackwardBiasOptions,
  type ConvBackwardDataOptions,
  type ConvBackwardWeightsOptions,
  type ConvOptions,
  type ConvTransposeBackwardDataOptions,
  type ConvTransposeOptions,
  backwardDataCall,
  backwardWeightsCall,
  convCall,
  convTransposeCall,
  transposeBackwardDataCall,
  transposeBackwardWeightsCall,
} from "./operations.ts";
import * as operations from "./ops/index.ts";
import { OperationContext } from "./ops/shared/context.ts";
import { type Constraints, checkConstraints } from "./planner/choose.ts";
import { type FindOptions, type Found, checkFindOptions } from "./planner/find.ts";
import { type TuningStore, checkStore } from "./planner/store.ts";
import { TuningTable, circumstancesOf } from "./planner/tuning.ts";
import { Plans } from "./plans.ts";
import { type ConvDescriptor, LAYOUTS, type Pass } from "./problem.ts";
import { elementCount } from "./shape.ts";
import { Tensor, type TensorOptions, toBytes } from "./tensor.ts";
import { checkOneOf, checkOptions, checkShape } from "./validate.ts";

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

/** An operation without its first argument, what it runs on. */
type Method<Operation> = Operation extends (context: OperationContext, ...given: infer Given) => infer Result
  ? (...given: Given) => Result
  : never;

/** The operations beside convolution (src/ops/index.ts), as methods. */
type OperationMethods = { [Name in keyof typeof operations]: Method<(typeof operations)[Name]> };

// The methods are put on the class below, one for each operation of the list, by their own types and with their own documentation.
// oxlint-disable-next-line typescript/no-unsafe-declaration-merging
export interface Engine extends OperationMethods {}

export class Engine {
  static {
    for (const [name, operation] of Object.entries(operations)) {
      const method = function (this: Engine, ...given: unknown[]): unknown {
        this.#alive();
        return (operation as (context: OperationContext, ...given: unknown[]) => unknown)(this.#operations, ...given);
      };
      Object.defineProperty(this.prototype, name, { value: method, writable: true, configurable: true });
    }
  }

  readonly device: GPUDevice;
  readonly info: EngineInfo;
  readonly algorithms: readonly { readonly name: string; readonly passes: readonly Pass[] }[] = algorithms.map(
    ({ name, passes }) => ({ name, passes }),
  );
  readonly #gpu: GpuContext;
  readonly #ownsDevice: boolean;
  readonly #plans: Plans;
  readonly #biasGradients: BiasGradients;
  readonly #operations: OperationContext;
  /** What `find` and `calibrate` learned, on this and other machines: `export()`, `import(data)`, `clear()`. */
  readonly tuning: TuningTable;
  #destroyed = false;

  /** @internal Use createEngine. */
  constructor({ device, owned, adapterInfo }: OpenedDevice, store?: TuningStore) {
    this.device = device;
    this.#ownsDevice = owned;
    this.#gpu = new GpuContext(device);
    this.#biasGradients = new BiasGradients(this.#gpu);
    this.#operations = new OperationContext(this.#gpu, this);
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
    this.#plans = new Plans(this.#gpu, this.info.adapter, this.tuning);
  }

  /** Bytes of GPU memory held now, by use, and the most held at once. */
  get memory(): MemoryReport {
    return this.#gpu.memory.report();
  }

  /** Resolves, with the reason, when the device is lost. */
  get lost(): Promise<ConvError> {
    return this.#gpu.failures.lost;
  }

  /** A tensor of the given values, in row-major order of `shape`. */
  tensor(data: ArrayLike<number>, shape: readonly number[], options: TensorOptions = {}): Tensor {
    const { sizes, checked } = this.#checkNew(shape, options);
    const bytes = toBytes("data", data, elementCount(sizes), checked.dtype);
    const tensor = this.#create(sizes, checked);
    this.#gpu.failures.watch("tensor upload", () => this.device.queue.writeBuffer(tensor.storage, 0, bytes));
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
   * Convolution of 1-D, 2-D or 3-D maps, by the rank of x. Submitted at once; nothing waits for it.
   *
   * @param x [N, C, ...spatial], or [N, ...spatial, C] where its layout is "channels-last"
   * @param w [K, C/groups, ...kernel], or [...kernel, C/groups, K], in the layout of x
   * @returns a new tensor [N, K, ...output] or [N, ...output, K], in the layout of x
   * @throws ConvError naming the argument that does not fit
   */
  conv(x: Tensor, w: Tensor, options: ConvOptions = {}): Tensor {
    return this.#run(() => convCall(this.#gpu, x, w, options));
  }

  /**
   * Transposed convolution: the adjoint of the convolution with the same options, which has its output's shape where this has its input's.
   *
   * @param x [N, C, ...spatial], or [N, ...spatial, C]
   * @param w [C, K/groups, ...kernel], or [...kernel, K/groups, C], in the layout of x
   * @returns a new tensor [N, K, ...output] or [N, ...output, K]: along each axis (size - 1) * stride - begin - end +
   * dilation * (kernel - 1) + outputPadding + 1 cells, unless outputShape says so
   * @throws ConvError naming the argument that does not fit
   */
  convTranspose(x: Tensor, w: Tensor, options: ConvTransposeOptions = {}): Tensor {
    return this.#run(() => convTransposeCall(this.#gpu, x, w, options));
  }

  /**
   * The gradient of a convolution with respect to its input.
   *
   * @param dy the gradient of the convolution's result, in its shape; of its activation's output where `activation` is given
   * @param w the weights of the convolution
   * @returns a new tensor dx of shape `inputShape`
   * @throws ConvError naming the argument that does not fit
   */
  convBackwardData(dy: Tensor, w: Tensor, options: ConvBackwardDataOptions): Tensor {
    return this.#run(() => backwardDataCall(this.#gpu, dy, w, options));
  }

  /**
   * The gradient of a convolution with respect to its weights.
   *
   * @param x the input of the convolution
   * @param dy the gradient of the convolution's result, in its shape; of its activation's output where `activation` is given
   * @returns a new tensor dw of shape `kernelShape`
   * @throws ConvError naming the argument that does not fit
   */
  convBackwardWeights(x: Tensor, dy: Tensor, options: ConvBackwardWeightsOptions): Tensor {
    return this.#run(() => backwardWeightsCall(this.#gpu, x, dy, options));
  }

  /**
   * The gradient of a convolution, or of a transposed one, with respect to its bias: the sum of dy over batch and positions, added
   * up pairwise.
   *
   * @param dy [N, K, ...spatial], or [N, ...spatial, K]; of the activation's output where `activation` is given
   * @returns a new tensor db of shape [K]
   * @throws ConvError naming the argument that does not fit
   */
  convBackwardBias(dy: Tensor, options: ConvBackwardBiasOptions = {}): Tensor {
    this.#alive();
    return this.#biasGradients.run(dy, options);
  }

  /**
   * The gradient of a transposed convolution with respect to its input.
   *
   * @param dy the gradient of its result, in its shape; of its activation's output where `activation` is given
   * @param w the weights of the transposed convolution
   * @returns a new tensor of the shape of its x
   * @throws ConvError naming the argument that does not fit
   */
  convTransposeBackwardData(dy: Tensor, w: Tensor, options: ConvTransposeBackwardDataOptions = {}): Tensor {
    return this.#run(() => transposeBackwardDataCall(this.#gpu, dy, w, options));
  }

  /**
   * The gradient of a transposed convolution with respect to its weights.
   *
   * @param x the input of the transposed convolution
   * @param dy the gradient of its result, in its shape; of its activation's output where `activation` is given
   * @returns a new tensor of shape `kernelShape`
   * @throws ConvError naming the argument that does not fit
   */
  convTransposeBackwardWeights(x: Tensor, dy: Tensor, options: ConvBackwardWeightsOptions): Tensor {
    return this.#run(() => transposeBackwardWeightsCall(this.#gpu, x, dy, options));
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
    this.#plans.clear();
    this.#operations.clear();
    this.#gpu.memory.close();
    if (this.#ownsDevice) this.device.destroy();
  }

  #run(describe: () => Call): Tensor {
    this.#alive();
    const { problem, constraints, inputs } = describe();
    const buffers = checkInputs(this.#gpu, problem, inputs);
    return this.#plans.ready(problem, constraints).runOn(buffers, inputs.w);
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
    const bytes = bytesFor(elementCount(sizes), checked.dtype);
    const most = this.#plans.traits().maxBindingBytes;
    if (bytes > most)
      refuse(
        "too-large",
        "shape",
        words(`[${sizes.join(", ")}], ${bytes} bytes`),
        `at most ${most} bytes, what this device binds at once`,
      );
    return { sizes, checked };
  }

  #create(shape: readonly number[], options: Required<TensorOptions>): Tensor {
    const descriptor = {
      label: "convoke tensor",
      size: bytesFor(elementCount(shape), options.dtype),
      usage: TENSOR_USAGE,
    };
    const buffer = this.#gpu.failures.watch("tensor", () => this.#gpu.memory.allocate("tensors", descriptor));
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
