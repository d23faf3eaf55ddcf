// The cache of compute pipelines: kernels that differ only in uniforms share one. Plans keep references to their pipelines; one that was dropped
// here is compiled again only for the next plan that needs it.
import { assemble } from "../kernel/assemble.ts";
import { kernelKey } from "../kernel/kernel-key.ts";
import { labelOf } from "../kernel/shader.ts";
import type { Kernel } from "../kernel/step.ts";
import type { ErrorScopes } from "./error-scopes.ts";
import { LruCache } from "./lru-cache.ts";

/**
 * Bounds of the cache: pipelines, and characters of all their keys (about a thousand each); the least recently used is dropped first. A network
 * of a hundred layers has a few pipelines for each layer, forward and backward. The kernels of a fuzzer never repeat.
 */
export const MAX_PIPELINES = 2048;
const MAX_CHARACTERS = 2 ** 24;

/** So long after a kernel that a call waited for, a page asks for no other: that of the next layer follows sooner. */
const QUIET_MILLISECONDS = 200;

export class PipelineCache {
  readonly #device: GPUDevice;
  readonly #errors: ErrorScopes;
  readonly #failed: () => void;
  readonly #ready = new LruCache<GPUComputePipeline>(MAX_PIPELINES, MAX_CHARACTERS);
  readonly #compiling = new Map<string, Promise<GPUComputePipeline>>();
  /** The end of the compilations that take turns. */
  #turn: Promise<void> = Promise.resolve();
  /** The time from which on the page counts as quiet. */
  #quietFrom = 0;
  /** Callers who wait for the compilations that take turns. */
  #hurried = 0;

  /** @param failed called when a pipeline that was already returned turns out to be invalid */
  constructor(device: GPUDevice, errors: ErrorScopes, failed: () => void) {
    this.#device = device;
    this.#errors = errors;
    this.#failed = failed;
  }

  /** Number of pipelines in the cache. */
  get size(): number {
    return this.#ready.size;
  }

  /** Whether the pipeline of a kernel is in the cache. */
  has(kernel: Kernel): boolean {
    return this.#ready.get(kernelKey(kernel)) !== undefined;
  }

  /** Returns the pipeline of a kernel, compiled now if necessary. If WebGPU later reports it invalid, it is dropped. */
  get(kernel: Kernel): GPUComputePipeline {
    const key = kernelKey(kernel);
    let pipeline = this.#ready.get(key);
    if (!pipeline) {
      this.#quietFrom = performance.now() + QUIET_MILLISECONDS;
      pipeline = this.#errors.run(
        described(kernel),
        () => {
          this.#errors.creating();
          return this.#device.createComputePipeline(this.#descriptor(kernel));
        },
        () => {
          this.#ready.delete(key);
          this.#failed();
        },
      );
      this.#ready.set(key, pipeline);
    }
    return pipeline;
  }

  /** Compiles a kernel without blocking the page. An invalid pipeline is not cached. */
  async prepare(kernel: Kernel): Promise<void> {
    const key = kernelKey(kernel);
    if (this.#ready.get(key)) return;
    let compiling = this.#compiling.get(key);
    if (!compiling) {
      compiling = this.#compile(kernel);
      this.#compiling.set(key, compiling);
    }
    try {
      this.#ready.set(key, await compiling);
    } catch (cause) {
      throw await this.#errors.explain(described(kernel), cause);
    } finally {
      this.#compiling.delete(key);
    }
  }

  /**
   * Compiles kernels that nothing waits for, one after the other and while the page asks for no others: SwiftShader compiles one at a time, and would
   * let the page wait.
   * @param wanted whether they still are
   */
  prepareInTurn(kernels: readonly Kernel[], wanted: () => boolean): Promise<void> {
    const work = this.#turn.then(async () => {
      for (const kernel of kernels) {
        while (!this.#hurried && performance.now() < this.#quietFrom)
          await new Promise((resolve) => setTimeout(resolve, QUIET_MILLISECONDS));
        if (wanted()) await this.prepare(kernel);
      }
    });
    this.#turn = work.catch(() => undefined);
    return work;
  }

  /** Waits until `prepareInTurn` has nothing left to compile. */
  async settle(): Promise<void> {
    this.#hurried++;
    try {
      for (let turn; turn !== this.#turn;) await (turn = this.#turn);
    } finally {
      this.#hurried--;
    }
  }

  async #compile(kernel: Kernel): Promise<GPUComputePipeline> {
    // The rejection reports an invalid module; the scope keeps the same error from the handlers of the caller's device.
    this.#device.pushErrorScope("validation");
    let compiling;
    try {
      compiling = this.#device.createComputePipelineAsync(this.#descriptor(kernel));
    } finally {
      this.#device.popErrorScope().catch(() => undefined);
    }
    return compiling;
  }

  #descriptor(kernel: Kernel): GPUComputePipelineDescriptor {
    const label = labelOf(kernel.shaders);
    const module = this.#device.createShaderModule({ label, code: assemble(kernel) });
    return { label, layout: "auto", compute: { module } };
  }
}

function described(kernel: Kernel): string {
  return `kernel ${labelOf(kernel.shaders)} with constants ${JSON.stringify(kernel.constants)}`;
}
