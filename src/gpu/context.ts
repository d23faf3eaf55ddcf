// What the parts of an engine share of one GPUDevice.
import { Failures } from "./failures.ts";
import { Memory, WorkspaceArena } from "./memory.ts";
import { PipelineCache } from "./pipelines.ts";
import { LruCache } from "./lru-cache.ts";

/**
 * Texts whose numbers are known, and characters of all of them; the least recently used goes first. There is one for each way in which weights
 * of a size are prepared: what a plan prepares whose text is forgotten is prepared again for the next plan like it.
 */
export const MAX_NAMES = 2048;
const MAX_CHARACTERS = 2 ** 25;

export class GpuContext {
  readonly device: GPUDevice;
  readonly memory: Memory;
  readonly arena: WorkspaceArena;
  /** Scratch memory beside the workspace: what a run prepares for itself. */
  readonly transient: WorkspaceArena;
  readonly failures: Failures;
  readonly pipelines: PipelineCache;
  readonly #names = new LruCache<number>(MAX_NAMES, MAX_CHARACTERS);
  readonly #attached = new Map<unknown, { destroy(): void }>();
  #named = 0;
  #generation = 0;

  constructor(device: GPUDevice) {
    this.device = device;
    this.memory = new Memory(device);
    this.arena = new WorkspaceArena(this.memory);
    this.transient = new WorkspaceArena(this.memory);
    const renew = (): void => this.#renew();
    this.failures = new Failures(device, renew);
    this.pipelines = new PipelineCache(device, this.failures, renew);
  }

  /** What another module keeps for this device: made when first asked for, destroyed with the engine. */
  attached<T extends { destroy(): void }>(kind: new (gpu: GpuContext) => T): T {
    let one = this.#attached.get(kind) as T | undefined;
    if (!one) {
      one = new kind(this);
      this.#attached.set(kind, one);
    }
    return one;
  }

  /** Keeps an object where `attached` finds it by its class. */
  attach<T extends { destroy(): void }>(one: T): T {
    this.#attached.set(one.constructor, one);
    return one;
  }

  /** Destroys what is attached and frees all memory. */
  destroy(): void {
    for (const one of this.#attached.values()) one.destroy();
    this.#attached.clear();
    this.memory.close();
  }

  /** Another number after a failure that may have spoilt what is kept on the GPU to be used again: it is made anew then. */
  get generation(): number {
    return this.#generation;
  }

  /**
   * Throws where the engine is destroyed or the device lost.
   * @param cause what failed, if anything did, that this may be behind
   */
  async check(cause?: unknown): Promise<void> {
    this.memory.checkOpen();
    await this.failures.checkDevice(cause);
    this.memory.checkOpen();
  }

  #renew(): void {
    this.#generation++;
    this.arena.release();
    this.transient.release();
  }

  /** A number for a text, the same for the same text while it is among the latest, and never that of another: quicker to look things up by. */
  nameOf(text: string): number {
    let name = this.#names.get(text);
    if (name === undefined) {
      name = this.#named++;
      this.#names.set(text, name);
    }
    return name;
  }
}
