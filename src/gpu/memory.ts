// GPU memory: every buffer of an engine is created and destroyed here, so that its bytes are counted and none leaks.
import { ConvError, refuseDestroyed } from "../base/error.ts";
import { BufferPool, type Pooled } from "./buffer-pool.ts";
import { BufferUsage } from "./usage.ts";

/**
 * The purpose of a buffer: `weights` are prepacked copies cached with weight tensors, and the constants of models; `workspace` is scratch memory, and
 * the values between the operations of models; `reads` are staging buffers, each in use during one read; `pool` are freed buffers that later results
 * reuse.
 */
export type MemoryUse = "tensors" | "weights" | "workspace" | "plans" | "reads" | "pool";

/** Bytes of GPU memory that the engine holds now, by use, and the most it has held at once. */
export type MemoryReport = Readonly<Record<MemoryUse | "total" | "peak", number>>;

/**
 * Bytes that the pool may hold in any case. It may hold more, up to as much as is in use, while all memory together stays under the peak: so it
 * never raises the peak by more than this.
 */
export const MIN_POOL = 2 ** 26;

/** Most buffers in the pool: small ones take more memory than their bytes. */
export const MAX_POOLED = 1024;

/** Most prepacked copies of a tensor that are cached: a layer alternates between few algorithms, while maps may have any number of sizes. */
const MAX_COPIES = 2;

/** A prepacked copy of a tensor, and the plans that recorded it on encoders of the caller, which may yet be submitted. */
interface Prepared {
  readonly buffer: GPUBuffer;
  readonly holders: Set<object>;
  /** Whether it ever had a holder. */
  recorded: boolean;
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
  /** Whether the caller has the buffer. */
  exposed = false;
  /** Whether it may be used in work that the caller has not submitted yet. */
  recorded = false;
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
    const copy = this.#prepared.get(id) ?? { buffer: make(), holders: new Set(), recorded: false };
    this.#prepared.delete(id);
    this.#prepared.set(id, copy);
    if (holder) {
      copy.holders.add(holder);
      copy.recorded = true;
    }
    this.#trim();
    return copy.buffer;
  }

  /** Lets go of the copies that a holder keeps. */
  unhold(holder: object): void {
    for (const { holders } of this.#prepared.values()) holders.delete(holder);
    this.#trim();
  }

  freePrepared(): void {
    for (const { buffer, recorded } of this.#prepared.values()) this.#letGo(buffer, recorded);
    this.#prepared.clear();
  }

  #trim(): void {
    const free = [...this.#prepared].filter(([, { holders }]) => holders.size === 0);
    for (const [id, { buffer, recorded }] of free.slice(0, -MAX_COPIES)) {
      this.#letGo(buffer, recorded);
      this.#prepared.delete(id);
    }
  }

  /** Frees a buffer; one that is `known` to the caller may be in work that is not submitted yet, so nothing may reuse it. */
  #letGo(buffer: GPUBuffer, known: boolean): void {
    if (known) this.#memory.free(buffer);
    else this.#memory.recycle(buffer);
  }

  /** Whether the caller does not have the buffer, and so cannot destroy it. */
  get isPrivate(): boolean {
    return this.owned && !this.exposed;
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
    if (this.owned) this.#letGo(this.buffer, this.recorded);
  }
}

/** A buffer or a texture of the engine. Only buffers get into the pool. */
interface Held extends Pooled {
  readonly bytes: number;
  use: MemoryUse;
}

/** The allocator of one engine. */
export class Memory {
  readonly #device: GPUDevice;
  readonly #creating: () => void;
  readonly #dropped = new FinalizationRegistry<TensorStorage>((storage) => storage.release());
  readonly #held = new Map<GPUBuffer | GPUTexture, Held>();
  readonly #pool = new BufferPool<Held>();
  readonly #bytes: Record<MemoryUse, number> = { tensors: 0, weights: 0, workspace: 0, plans: 0, reads: 0, pool: 0 };
  #total = 0;
  #peak = 0;
  #nextSerial = 0;
  /** The first buffer that may be reused: memory ran out before it was created. */
  #firstValid = 0;
  #closed = false;
  /** Called before a buffer is destroyed: who records work that is submitted later submits it here. */
  beforeFree: (() => void) | undefined;

  /** @param creating called before a buffer is created */
  constructor(device: GPUDevice, creating: () => void) {
    this.#device = device;
    this.#creating = creating;
  }

  /**
   * Allocates a buffer of zeros.
   * @throws ConvError `destroyed` after `close`, or `out-of-memory` if the allocation fails synchronously
   */
  allocate(use: MemoryUse, descriptor: GPUBufferDescriptor): GPUBuffer {
    return this.hold(use, descriptor.size, () => this.#create(descriptor));
  }

  /** Creates a buffer or a texture of so many bytes. */
  hold<T extends GPUBuffer | GPUTexture>(use: MemoryUse, bytes: number, create: () => T): T {
    this.checkOpen();
    this.#trim(bytes);
    this.#creating();
    const created = create();
    this.#held.set(created, { buffer: created as GPUBuffer, bytes, use, serial: this.#nextSerial++ });
    this.#count(use, bytes);
    this.#peak = Math.max(this.#peak, this.#total);
    return created;
  }

  /** Like `allocate`, but returns a buffer of any content, from the pool if it has one: for what is written in full before it is read. */
  reuse(use: MemoryUse, descriptor: GPUBufferDescriptor): GPUBuffer {
    this.checkOpen();
    const held = this.#pool.take(descriptor);
    if (!held) return this.allocate(use, descriptor);
    this.#use(held, use);
    return held.buffer;
  }

  /** Destroys a buffer or a texture; work already submitted still completes. A second call does nothing. */
  free(buffer: GPUBuffer | GPUTexture): void {
    const held = this.#held.get(buffer);
    if (!held) return;
    this.beforeFree?.();
    this.#held.delete(buffer);
    this.#count(held.use, -held.bytes);
    buffer.destroy();
  }

  /** Puts a buffer into the pool, all of whose uses are submitted: the queue executes later ones after them. */
  recycle(buffer: GPUBuffer): void {
    const held = this.#held.get(buffer);
    if (!held) return;
    if (held.serial < this.#firstValid) {
      this.free(buffer);
      return;
    }
    this.#use(held, "pool");
    this.#pool.put(held);
    this.#trim();
  }

  /** Empties the pool after an error that may have invalidated buffers: none created so far is reused. */
  drain(): void {
    this.#firstValid = this.#nextSerial;
    this.#shrink(0);
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
    for (const buffer of [...this.#held.keys()]) this.free(buffer);
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** @throws ConvError `destroyed` after `close`. */
  checkOpen(): void {
    if (this.#closed) refuseDestroyed("engine", "engine");
  }

  report(): MemoryReport {
    return { ...this.#bytes, total: this.#total, peak: this.#peak };
  }

  #create(descriptor: GPUBufferDescriptor): GPUBuffer {
    try {
      return this.#device.createBuffer(descriptor);
    } catch (cause) {
      // Only the allocation of a buffer that is mapped at creation fails synchronously.
      if (!(cause instanceof RangeError)) throw cause;
      if (this.#bytes.pool > 0) {
        this.#shrink(0);
        return this.#create(descriptor);
      }
      const message = `${descriptor.label}: the GPU could not allocate ${descriptor.size} bytes (${cause.message})`;
      throw new ConvError("out-of-memory", message, { cause });
    }
  }

  #count(use: MemoryUse, bytes: number): void {
    this.#bytes[use] += bytes;
    this.#total += bytes;
  }

  #use(held: Held, use: MemoryUse): void {
    this.#count(held.use, -held.bytes);
    held.use = use;
    this.#count(use, held.bytes);
  }

  /** Frees what the pool may not hold once `wanted` more bytes are in use. */
  #trim(wanted = 0): void {
    const inUse = this.#total - this.#bytes.pool + wanted;
    this.#shrink(Math.max(MIN_POOL, Math.min(inUse, this.#peak - inUse)));
  }

  #shrink(most: number): void {
    while (this.#bytes.pool > most || this.#pool.size > MAX_POOLED) this.free(this.#pool.drop()!.buffer);
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

/** Allocates a buffer for prepacked weights, of any content. */
export function createPrepared(memory: Memory, bytes: number): GPUBuffer {
  return memory.reuse("weights", {
    label: "convoke prepared weights",
    size: bytes,
    usage: BufferUsage.STORAGE | BufferUsage.UNIFORM | BufferUsage.COPY_SRC,
  });
}

/** Allocates a buffer for workspace. */
export function createWorkspace(memory: Memory, bytes: number): GPUBuffer {
  return memory.allocate("workspace", {
    label: "convoke workspace",
    size: bytes,
    usage: BufferUsage.STORAGE | BufferUsage.COPY_SRC | BufferUsage.COPY_DST,
  });
}
