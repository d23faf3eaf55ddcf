// Tensor: numbers on the GPU, with a shape, a layout and an element type.
import { type Dtype, ELEMENTS, type TensorDtype, bytesFor, fromFloat16Bits, toFloat16Bits } from "../base/dtype.ts";
import { ConvError, refuse, refuseDestroyed, words } from "../base/error.ts";
import { elementCount } from "../base/shape.ts";
import type { Layout } from "../problem/problem.ts";
import type { GpuContext } from "./context.ts";
import type { TensorStorage } from "./memory.ts";
import { BufferUsage, MAP_READ_MODE } from "./usage.ts";

export interface TensorOptions<D extends TensorDtype = Dtype> {
  /**
   * The element type, "f32" unless given. "f16" needs the feature shader-f16; values are converted on upload and read. "u32" is for indices:
   * integers from 0 to 2^32 - 1, read as a Uint32Array, and taken only by the arguments that say so.
   */
  dtype?: D;
  /** The order of the axes, "channels-first" unless given. */
  layout?: Layout;
}

/** What `read` gives. */
export type ValuesOf<D extends TensorDtype> = D extends "u32" ? Uint32Array<ArrayBuffer> : Float32Array<ArrayBuffer>;

/**
 * Numbers on the GPU: floats, or indices if it is a `Tensor<"u32">`. Tensors are created by `engine.tensor`, `engine.empty`, `engine.wrap` and by every function that computes one, never
 * directly. They know their engine, so functions take no other argument.
 * @example
 * using x = engine.tensor([1, 2, 3, 4], [1, 1, 2, 2]);
 * const values = await x.read(); // Float32Array [1, 2, 3, 4]
 */
export class Tensor<D extends TensorDtype = Dtype> {
  readonly shape: readonly number[];
  readonly layout: Layout;
  readonly dtype: D;
  readonly #gpu: GpuContext;
  readonly #storage: TensorStorage;
  #destroyed = false;

  /** @internal */
  constructor(gpu: GpuContext, storage: TensorStorage, shape: readonly number[], options: Required<TensorOptions<D>>) {
    this.#gpu = gpu;
    this.#storage = storage.retain();
    gpu.memory.releaseWith(this, storage);
    this.shape = Object.freeze([...shape]);
    this.layout = options.layout;
    this.dtype = options.dtype;
  }

  /**
   * The GPU memory: elements in row-major order of `shape`, from the start of the buffer. After the first access to this property the buffer
   * lives until the tensor or the engine is destroyed, and is never used for another tensor; otherwise it is also freed when the tensor is
   * garbage-collected.
   */
  get buffer(): GPUBuffer {
    this.#storage.exposed = true;
    return this.recorded;
  }

  /** @internal The buffer, for work that the caller submits: it outlives a tensor that is dropped before then. */
  get recorded(): GPUBuffer {
    this.#gpu.memory.keep(this);
    // Once the caller can destroy the buffer, nothing may wait to use it.
    this.#gpu.batch.flush();
    this.#storage.recorded = true;
    return this.#storage.buffer;
  }

  /** @internal The buffer, for work that is submitted before control returns to the caller. */
  get storage(): GPUBuffer {
    return this.#storage.buffer;
  }

  /** @internal Whether the caller does not have the buffer, and so cannot destroy it. */
  get isPrivate(): boolean {
    return this.#storage.isPrivate;
  }

  /** Number of elements. */
  get size(): number {
    return elementCount(this.shape);
  }

  /** Size of the elements in bytes, rounded up to whole 32-bit words; 16 for an empty tensor. */
  get byteLength(): number {
    return bytesFor(this.size, this.dtype);
  }

  /** Whether `destroy` was called. */
  get destroyed(): boolean {
    return this.#destroyed;
  }

  /**
   * Reads the values, in row-major order of `shape`.
   * @throws ConvError (as a rejection) `destroyed`, or the error of earlier work if the GPU reported one
   * @example
   * const values = await y.read(); // Float32Array of y.size numbers; of a "u32" tensor a Uint32Array
   */
  async read(): Promise<ValuesOf<D>> {
    this.#alive("read");
    const { memory } = this.#gpu;
    try {
      return await this.#values();
    } catch (cause) {
      if (!memory.closed) throw cause;
      const message = "tensor.read: got a destroyed engine, expected one that lives until the read is done";
      throw new ConvError("destroyed", message, { cause });
    }
  }

  async #values(): Promise<ValuesOf<D>> {
    const { device, memory, errors } = this.#gpu;
    const staging = errors.runPrivate("read", this.isPrivate, () => {
      const buffer = memory.reuse("reads", {
        label: "convoke read",
        size: this.byteLength,
        usage: BufferUsage.MAP_READ | BufferUsage.COPY_DST,
      });
      const encoder = device.createCommandEncoder();
      encoder.copyBufferToBuffer(this.storage, 0, buffer, 0, this.byteLength);
      device.queue.submit([encoder.finish()]);
      return buffer;
    });
    try {
      const mapped = staging.mapAsync(MAP_READ_MODE).then(
        () => undefined,
        (cause: unknown) => cause ?? new Error("mapping failed"),
      );
      await errors.settle();
      const cause = await mapped;
      if (cause) throw await errors.explain("read", cause);
      const values = new ELEMENTS[this.dtype](staging.getMappedRange().slice(0), 0, this.size);
      staging.unmap();
      memory.recycle(staging);
      return (values instanceof Uint16Array ? fromFloat16Bits(values) : values) as ValuesOf<D>;
    } catch (error) {
      memory.free(staging);
      throw error;
    }
  }

  /**
   * Overwrites all values.
   * @param data numbers in row-major order of `shape`
   * @throws ConvError `destroyed`, `shape-mismatch`, `invalid-argument`
   * @example
   * x.write(nextFrame);
   */
  write(data: ArrayLike<number>): void {
    this.#alive("write");
    const bytes = toBytes("data", data, this.size, this.dtype);
    this.updated();
    this.#gpu.errors.run("write", () => this.#gpu.device.queue.writeBuffer(this.storage, 0, bytes));
  }

  /**
   * Tells the engine that the values were changed by other means than `write` (by the caller's own pass on `buffer`): prepacked copies of the
   * tensor as weights are packed again when they are next needed.
   */
  updated(): void {
    this.#storage.freePrepared();
  }

  /**
   * Frees the GPU memory for later results, unless a tensor from `reshape` shares it; a wrapped buffer is only released. Work already recorded by
   * the engine still completes. A tensor that is never destroyed is freed some time after it is garbage-collected.
   */
  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    this.#gpu.memory.keep(this);
    this.#storage.release();
  }

  /** @internal The GPU of the tensor's engine. */
  get gpu(): GpuContext {
    return this.#gpu;
  }

  [Symbol.dispose](): void {
    this.destroy();
  }

  /** @internal The memory, with its prepacked copies: those made before a GPU error that may have invalidated them are dropped. */
  get copies(): TensorStorage {
    if (this.#storage.generation !== this.#gpu.generation) {
      this.#storage.generation = this.#gpu.generation;
      this.updated();
    }
    return this.#storage;
  }

  /** @internal A tensor of another shape that shares this one's memory and prepacked copies, until both are destroyed. */
  view(shape: readonly number[], layout: Layout): Tensor<D> {
    return new Tensor(this.#gpu, this.#storage, shape, { layout, dtype: this.dtype });
  }

  #alive(method: string): void {
    if (this.#destroyed) refuseDestroyed(`tensor.${method}`, "tensor");
    this.#gpu.memory.checkOpen();
  }
}

/** Returns a text of the shape, layout and element type of a tensor, for keys. */
export function formatOf({ shape, layout, dtype }: Pick<Tensor<TensorDtype>, "shape" | "layout" | "dtype">): string {
  return `${dtype},${layout},${shape.join()}`;
}

/** Converts numbers to the bytes of a tensor of exactly `count` elements, padded to whole 32-bit words. */
export function toBytes(
  argument: string,
  data: unknown,
  count: number,
  dtype: TensorDtype,
): ArrayBufferView<ArrayBuffer> {
  const list = checkNumbers(argument, data, count, dtype === "u32");
  const Elements = ELEMENTS[dtype];
  const values = dtype === "f16" ? toFloat16Bits(list) : list;
  // The GPU queue rejects views of a SharedArrayBuffer, and writes whole words: copy them.
  if (values instanceof Elements && values.buffer instanceof ArrayBuffer && values.byteLength % 4 === 0)
    return values as ArrayBufferView<ArrayBuffer>;
  const copy = new Elements(bytesFor(count, dtype) / Elements.BYTES_PER_ELEMENT);
  copy.set(values);
  return copy;
}

function checkNumbers(argument: string, data: unknown, count: number, integers: boolean): ArrayLike<number> {
  const numeric =
    Array.isArray(data) ||
    (ArrayBuffer.isView(data) &&
      !(data instanceof DataView) &&
      !(data instanceof BigInt64Array) &&
      !(data instanceof BigUint64Array));
  if (!numeric) refuse("invalid-argument", argument, data, "an array or typed array of numbers");
  const list = data as ArrayLike<number>;
  if (list.length !== count)
    refuse("shape-mismatch", argument, words(`${list.length} elements`), `${count}, as the shape says`);
  if (Array.isArray(data) || (integers && !(data instanceof Uint32Array))) {
    const odd = Array.prototype.findIndex.call(list, (value) =>
      integers ? value >>> 0 !== value : typeof value !== "number",
    );
    if (odd >= 0)
      refuse(
        "invalid-argument",
        `${argument}[${odd}]`,
        list[odd],
        integers ? "an integer from 0 to 2^32 - 1" : "a number",
      );
  }
  return list;
}

/** @throws ConvError if the argument is not a live tensor of floats */
export function checkTensor(argument: string, given: unknown): Tensor {
  const tensor = checkAnyTensor(argument, given);
  if (tensor.dtype === "u32") refuse("invalid-argument", `${argument}.dtype`, "u32", '"f32" or "f16"');
  return tensor as Tensor;
}

/** @throws ConvError if the argument is not a live tensor of any element type */
export function checkAnyTensor<D extends TensorDtype = TensorDtype>(argument: string, given: unknown): Tensor<D> {
  if (!(given instanceof Tensor)) refuse("invalid-argument", argument, given, "a Tensor made by an engine");
  if (given.destroyed) refuseDestroyed(argument, "tensor");
  return given as Tensor<D>;
}

/**
 * Returns the GPU of the engine that the tensors of a call belong to.
 * @param tensors by the names of the arguments; undefined ones are ignored
 * @throws ConvError `foreign-tensor` if one belongs to another engine than the first, `destroyed` if the engine is destroyed
 */
export function checkSameEngine(tensors: Readonly<Record<string, Tensor<TensorDtype> | undefined>>): GpuContext {
  const given = Object.entries(tensors).filter((entry) => entry[1] !== undefined);
  const [[first, one]] = given as [[string, unknown]];
  const { gpu } = checkAnyTensor(first, one);
  for (const [name, tensor] of given)
    if (checkAnyTensor(name, tensor).gpu !== gpu)
      refuse("foreign-tensor", name, words("a tensor of another engine"), `one of the engine of ${first}`);
  gpu.memory.checkOpen();
  return gpu;
}
