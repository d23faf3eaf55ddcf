// The GPU state of one engine: a device with its memory, error scopes, pipelines and shared scratch buffers.
import { Batch } from "./batch.ts";
import { ErrorScopes } from "./error-scopes.ts";
import { LruCache } from "./lru-cache.ts";
import { Memory, ScratchBuffer } from "./memory.ts";
import { PipelineCache } from "./pipelines.ts";
import type { Recorder } from "./recorder.ts";
import type { ScratchTextures } from "./texture-copies.ts";

/**
 * Bounds of the cache of ids: entries, and characters of all their texts; the least recently used is dropped first. There is an entry for each
 * way of prepacking weights of a given size: after it is dropped, the next plan packs the weights again.
 */
export const MAX_IDS = 2048;
const MAX_CHARACTERS = 2 ** 25;

/** An object that is destroyed with the engine. */
interface Attachment {
  destroy(): void;
}

/** The GPU state that everything of one engine shares. */
export class GpuContext {
  readonly device: GPUDevice;
  /** Whether the adapter computes on the CPU. */
  readonly isSoftware: boolean;
  readonly memory: Memory;
  /** The workspace of all runs: the queue executes them one after the other. */
  readonly workspace: ScratchBuffer;
  /** Prepacked operands of runs that do not cache them. */
  readonly transientPrepared: ScratchBuffer;
  /** The textures of all runs, on platforms whose kernels bind operands as such. */
  textures: ScratchTextures | undefined;
  readonly errors: ErrorScopes;
  readonly pipelines: PipelineCache;
  /** Submits calls. */
  readonly batch: Batch;
  /** Takes calls instead of the queue, while it is set. */
  recorder: Recorder | undefined;
  readonly #ids = new LruCache<number>(MAX_IDS, MAX_CHARACTERS);
  readonly #attached = new Map<unknown, Attachment>();
  #nextId = 0;
  #generation = 0;

  /**
   * @param isOwn whether the engine requested the device
   * @param isSoftware whether its adapter computes on the CPU
   */
  constructor(device: GPUDevice, isOwn = false, isSoftware = false) {
    this.device = device;
    this.isSoftware = isSoftware;
    this.batch = new Batch(device, isOwn);
    this.memory = new Memory(device, () => this.errors.creating());
    this.memory.beforeFree = () => this.batch.flush();
    this.workspace = new ScratchBuffer(this.memory);
    this.transientPrepared = new ScratchBuffer(this.memory);
    const renew = (): void => this.#renew();
    this.errors = new ErrorScopes(device, renew);
    this.pipelines = new PipelineCache(device, this.errors, renew);
  }

  /** Returns the engine's instance of a class, created on first use and destroyed with the engine. */
  attachedOrNew<T extends Attachment>(kind: new (gpu: GpuContext) => T): T {
    return (this.#attached.get(kind) as T | undefined) ?? this.attach(new kind(this));
  }

  /** Makes an object the engine's instance of its class; it is destroyed with the engine. */
  attach<T extends Attachment>(one: T): T {
    this.#attached.set(one.constructor, one);
    return one;
  }

  /** Returns the engine's instance of a class, which must have been attached. */
  attached<T extends Attachment>(kind: abstract new (...args: never[]) => T): T {
    const one = this.#attached.get(kind) as T | undefined;
    if (!one) throw new Error(`no ${kind.name} is attached`);
    return one;
  }

  /** Destroys the attached objects and frees all memory. */
  destroy(): void {
    for (const one of this.#attached.values()) one.destroy();
    this.#attached.clear();
    this.memory.close();
  }

  /** Changes after an error that may have invalidated cached buffers or pipelines: those of an older generation are created again. */
  get generation(): number {
    return this.#generation;
  }

  /**
   * Throws if the engine is destroyed or the device lost.
   * @param cause an error that this may explain
   */
  async check(cause?: unknown): Promise<void> {
    this.memory.checkOpen();
    await this.errors.checkDevice(cause);
    this.memory.checkOpen();
  }

  #renew(): void {
    this.#generation++;
    this.memory.drain();
    this.workspace.release();
    this.transientPrepared.release();
    this.textures?.release();
  }

  /** Returns an id of a long text, for quick lookups: the same for equal texts while the text is cached, and never reused for another. */
  idOf(text: string): number {
    let id = this.#ids.get(text);
    if (id === undefined) {
      id = this.#nextId++;
      this.#ids.set(text, id);
    }
    return id;
  }
}
