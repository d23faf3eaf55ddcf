// Every buffer the engine makes is made and destroyed here, so that its bytes are counted and none is forgotten.
import { ConvError } from "../base/error.ts";
import { BufferUsage } from "./usage.ts";

/** What a buffer is for. `weights` are what plans made of weight tensors and keep with them; `reads` are staging buffers, alive only while a read is under way. */
export type MemoryUse = "tensors" | "weights" | "workspace" | "plans" | "reads";

/** Bytes of GPU memory that the engine holds now, by use, and the most it has held at once. */
export type MemoryReport = Readonly<Record<MemoryUse | "total" | "peak", number>>;

/** What a tensor holds on the GPU, apart from it: so it can be freed when nothing refers to the tensor any more. */
export class Holding {
  readonly buffer: GPUBuffer;
  /** What plans made of the tensor as weights. */
  readonly prepared = new Map<number, GPUBuffer>();
  /** The generation of the GPU's memory (context.ts) that it was prepared in. */
  generation: number;
  /** Whether the buffer is freed with the tensor. */
  readonly owned: boolean;
  readonly #memory: Memory;

  constructor({ memory, generation }: { memory: Memory; generation: number }, buffer: GPUBuffer, owned: boolean) {
    this.#memory = memory;
    this.generation = generation;
    this.buffer = buffer;
    this.owned = owned;
  }

  freePrepared(): void {
    for (const buffer of this.prepared.values()) this.#memory.free(buffer);
    this.prepared.clear();
  }

  free(): void {
    this.freePrepared();
    if (this.owned) this.#memory.free(this.buffer);
  }
}

export class Memory {
  readonly #device: GPUDevice;
  readonly #dropped = new FinalizationRegistry<Holding>((holding) => holding.free());
  readonly #uses = new Map<GPUBuffer, MemoryUse>();
  readonly #bytes: Record<MemoryUse, number> = { tensors: 0, weights: 0, workspace: 0, plans: 0, reads: 0 };
  #peak = 0;
  #closed = false;

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** @throws ConvError `destroyed` after `close`; `out-of-memory` where that is known at once. */
  allocate(use: MemoryUse, descriptor: GPUBufferDescriptor): GPUBuffer {
    this.checkOpen();
    const buffer = this.#create(descriptor);
    this.#uses.set(buffer, use);
    this.#bytes[use] += buffer.size;
    this.#peak = Math.max(this.#peak, this.#total());
    return buffer;
  }

  /** Destroys a buffer that `allocate` made; work already submitted still completes. A second call does nothing. */
  free(buffer: GPUBuffer): void {
    const use = this.#uses.get(buffer);
    if (use === undefined) return;
    this.#uses.delete(buffer);
    this.#bytes[use] -= buffer.size;
    buffer.destroy();
  }

  /** Frees what a tensor holds when it is garbage-collected; work submitted by then still completes. */
  reclaimWith(tensor: object, holding: Holding): void {
    this.#dropped.register(tensor, holding, holding);
  }

  /** Leaves what a tensor holds where it is when the tensor is garbage-collected: others know of it, or it is freed already. */
  keep(holding: Holding): void {
    this.#dropped.unregister(holding);
  }

  /** Frees everything; nothing is allocated from then on. */
  close(): void {
    this.#closed = true;
    for (const buffer of [...this.#uses.keys()]) this.free(buffer);
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** @throws ConvError `destroyed` after `close`. */
  checkOpen(): void {
    if (this.#closed) throw new ConvError("destroyed", "engine: got a destroyed engine, expected a live one");
  }

  report(): MemoryReport {
    return { ...this.#bytes, total: this.#total(), peak: this.#peak };
  }

  #create(descriptor: GPUBufferDescriptor): GPUBuffer {
    try {
      return this.#device.createBuffer(descriptor);
    } catch (cause) {
      // A buffer that is to be mapped at once is refused at once.
      if (!(cause instanceof RangeError)) throw cause;
      const message = `${descriptor.label}: the GPU gave no memory of ${descriptor.size} bytes (${cause.message})`;
      throw new ConvError("out-of-memory", message, { cause });
    }
  }

  #total(): number {
    return Object.values(this.#bytes).reduce((sum, bytes) => sum + bytes, 0);
  }
}

/**
 * One scratch buffer shared by all runs of an engine: a queue runs them one after the other. It grows to the largest need and
 * stays, so that a second run allocates nothing.
 */
export class WorkspaceArena {
  readonly #memory: Memory;
  #buffer: GPUBuffer | undefined;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  /** A buffer of at least so many bytes, valid until the next call; work on it must be submitted before that. */
  acquire(bytes: number): GPUBuffer {
    if (this.#buffer && this.#buffer.size >= bytes) return this.#buffer;
    if (this.#buffer) this.#memory.free(this.#buffer);
    this.#buffer = createWorkspace(this.#memory, bytes);
    return this.#buffer;
  }

  /** Gives the scratch memory back until it is needed again. */
  release(): void {
    if (this.#buffer) this.#memory.free(this.#buffer);
    this.#buffer = undefined;
  }
}

/** A buffer for what a plan makes of weights. */
export function createPrepared(memory: Memory, bytes: number): GPUBuffer {
  return memory.allocate("weights", { label: "convoke prepared weights", size: bytes, usage: BufferUsage.STORAGE });
}

export function createWorkspace(memory: Memory, bytes: number): GPUBuffer {
  return memory.allocate("workspace", {
    label: "convoke workspace",
    size: bytes,
    usage: BufferUsage.STORAGE | BufferUsage.COPY_DST,
  });
}
