// GPU memory: every buffer of an engine is created and destroyed here, so that its bytes are counted and none leaks.
import { ConvError, refuseDestroyed } from "../base/error.ts";
import { BufferUsage } from "./usage.ts";

/** The purpose of a buffer: `weights` are prepacked copies cached with weight tensors; `reads` are staging buffers, each alive during one read. */
export type MemoryUse = "tensors" | "weights" | "workspace" | "plans" | "reads";

/** Bytes of GPU memory that the engine holds now, by use, and the most it has held at once. */
export type MemoryReport = Readonly<Record<MemoryUse | "total" | "peak", number>>;

/** Most prepacked copies of a tensor that are cached: a layer alternates between few algorithms, while maps may have any number of sizes. */
const MAX_COPIES = 2;

/** A prepacked copy of a tensor, and the plans that recorded it on encoders of the caller, which may yet be submitted. */
interface Prepared {
  readonly buffer: GPUBuffer;
  readonly holders: Set<object>;
}

/** The GPU memory of a tensor, in an object of its own so that it can be freed after the tensor is garbage-collected. */
export class TensorStorage {
  readonly buffer: GPUBuffer;
  /** Prepacked copies of the tensor as weights, by the id of the preparation, the most recently used last. */
  readonly #prepared = new Map<number, Prepared>();
  /** The generation of the context (context.ts) in which they were prepacked. */
  generation: number;
  /** Whether the buffer is freed with the tensor. */
  readonly owned: boolean;
  readonly #memory: Memory;
  /** Tensors that share the storage. */
  #tensors = 0;

  constructor({ memory, generation }: { memory: Memory; generation: number }, buffer: GPUBuffer, owned: boolean) {
    this.#memory = memory;
    this.generation = generation;
    this.buffer = buffer;
    this.owned = owned;
  }

  /**
   * Returns the prepacked copy of an id; `make` packs it if there is none. Then frees the least recently used others: work already submitted still
   * completes.
   * @param holder keeps the copy until `unhold`
   */
  prepared(id: number, make: () => GPUBuffer, holder?: object): GPUBuffer {
    const copy = this.#prepared.get(id) ?? { buffer: make(), holders: new Set() };
    this.#prepared.delete(id);
    this.#prepared.set(id, copy);
    if (holder) copy.holders.add(holder);
    this.#trim();
    return copy.buffer;
  }

  /** Lets go of the copies that a holder keeps. */
  unhold(holder: object): void {
    for (const { holders } of this.#prepared.values()) holders.delete(holder);
    this.#trim();
  }

  freePrepared(): void {
    for (const { buffer } of this.#prepared.values()) this.#memory.free(buffer);
    this.#prepared.clear();
  }

  #trim(): void {
    const free = [...this.#prepared].filter(([, { holders }]) => holders.size === 0);
    for (const [id, { buffer }] of free.slice(0, -MAX_COPIES)) {
      this.#memory.free(buffer);
      this.#prepared.delete(id);
    }
  }

  /** Counts a tensor that uses the storage. */
  retain(): this {
    this.#tensors++;
    return this;
  }

  /** Frees the storage when the last of its tensors lets go of it. */
  release(): void {
    if (--this.#tensors > 0) return;
    this.freePrepared();
    if (this.owned) this.#memory.free(this.buffer);
  }
}

/** The allocator of one engine. */
export class Memory {
  readonly #device: GPUDevice;
  readonly #dropped = new FinalizationRegistry<TensorStorage>((storage) => storage.release());
  readonly #uses = new Map<GPUBuffer, MemoryUse>();
  readonly #bytes: Record<MemoryUse, number> = { tensors: 0, weights: 0, workspace: 0, plans: 0, reads: 0 };
  #peak = 0;
  #closed = false;

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** @throws ConvError `destroyed` after `close`, or `out-of-memory` if the allocation fails synchronously */
  allocate(use: MemoryUse, descriptor: GPUBufferDescriptor): GPUBuffer {
    this.checkOpen();
    const buffer = this.#create(descriptor);
    this.#uses.set(buffer, use);
    this.#bytes[use] += buffer.size;
    this.#peak = Math.max(this.#peak, this.#total());
    return buffer;
  }

  /** Destroys a buffer from `allocate`; work already submitted still completes. A second call does nothing. */
  free(buffer: GPUBuffer): void {
    const use = this.#uses.get(buffer);
    if (use === undefined) return;
    this.#uses.delete(buffer);
    this.#bytes[use] -= buffer.size;
    buffer.destroy();
  }

  /** Releases a tensor's storage once the tensor is garbage-collected; work submitted by then still completes. */
  releaseWith(tensor: object, storage: TensorStorage): void {
    this.#dropped.register(tensor, storage, tensor);
  }

  /** Cancels `releaseWith`: the buffer is used elsewhere, or already released. */
  keep(tensor: object): void {
    this.#dropped.unregister(tensor);
  }

  /** Frees everything; nothing can be allocated from then on. */
  close(): void {
    this.#closed = true;
    for (const buffer of [...this.#uses.keys()]) this.free(buffer);
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** @throws ConvError `destroyed` after `close`. */
  checkOpen(): void {
    if (this.#closed) refuseDestroyed("engine", "engine");
  }

  report(): MemoryReport {
    return { ...this.#bytes, total: this.#total(), peak: this.#peak };
  }

  #create(descriptor: GPUBufferDescriptor): GPUBuffer {
    try {
      return this.#device.createBuffer(descriptor);
    } catch (cause) {
      // Only the allocation of a buffer that is mapped at creation fails synchronously.
      if (!(cause instanceof RangeError)) throw cause;
      const message = `${descriptor.label}: the GPU could not allocate ${descriptor.size} bytes (${cause.message})`;
      throw new ConvError("out-of-memory", message, { cause });
    }
  }

  #total(): number {
    return Object.values(this.#bytes).reduce((sum, bytes) => sum + bytes, 0);
  }
}

/**
 * A scratch buffer that all runs of an engine share, since the queue executes them one after the other. It grows to the largest request and
 * stays allocated, so that a second run allocates nothing.
 */
export class ScratchBuffer {
  readonly #memory: Memory;
  #buffer: GPUBuffer | undefined;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  /** Returns a buffer of at least `bytes` bytes, valid until the next call: submit work on it before then. */
  acquire(bytes: number): GPUBuffer {
    if (this.#buffer && this.#buffer.size >= bytes) return this.#buffer;
    if (this.#buffer) this.#memory.free(this.#buffer);
    this.#buffer = createWorkspace(this.#memory, bytes);
    return this.#buffer;
  }

  /** Frees the buffer; the next `acquire` allocates one again. */
  release(): void {
    if (this.#buffer) this.#memory.free(this.#buffer);
    this.#buffer = undefined;
  }
}

/** Allocates a buffer for prepacked weights. */
export function createPrepared(memory: Memory, bytes: number): GPUBuffer {
  return memory.allocate("weights", { label: "convoke prepared weights", size: bytes, usage: BufferUsage.STORAGE });
}

/** Allocates a buffer for workspace. */
export function createWorkspace(memory: Memory, bytes: number): GPUBuffer {
  return memory.allocate("workspace", {
    label: "convoke workspace",
    size: bytes,
    usage: BufferUsage.STORAGE | BufferUsage.COPY_DST,
  });
}
