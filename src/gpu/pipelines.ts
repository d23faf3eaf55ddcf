// The cache of compute pipelines, with their assembled source as the key: kernels that differ only in uniforms share one. Plans keep references
// to their pipelines; one that was dropped here is compiled again only for the next plan that needs it.
import { assemble } from "../kernel/assemble.ts";
import type { Kernel } from "../kernel/step.ts";
import type { ErrorScopes } from "./error-scopes.ts";
import { LruCache } from "./lru-cache.ts";

/**
 * Bounds of the cache: pipelines, and characters of all their sources (10 000 to 100 000 each); the least recently used is dropped first. A
 * network of a hundred layers has a few pipelines for each layer, forward and backward. The kernels of a fuzzer never repeat.
 */
export const MAX_PIPELINES = 2048;
const MAX_CHARACTERS = 2 ** 26;

export class PipelineCache {
  readonly #device: GPUDevice;
  readonly #errors: ErrorScopes;
  readonly #failed: () => void;
  readonly #ready = new LruCache<GPUComputePipeline>(MAX_PIPELINES, MAX_CHARACTERS);
  readonly #compiling = new Map<string, Promise<GPUComputePipeline>>();

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

  /** Returns the pipeline of a kernel, compiled now if necessary. If WebGPU later reports it invalid, it is dropped. */
  get(kernel: Kernel): GPUComputePipeline {
    const source = assemble(kernel);
    let pipeline = this.#ready.get(source);
    if (!pipeline) {
      pipeline = this.#errors.run(
        described(kernel),
        () => this.#device.createComputePipeline(this.#descriptor(kernel, source)),
        () => {
          this.#ready.delete(source);
          this.#failed();
        },
      );
      this.#ready.set(source, pipeline);
    }
    return pipeline;
  }

  /** Compiles a kernel without blocking the page. An invalid pipeline is not cached. */
  async prepare(kernel: Kernel): Promise<void> {
    const source = assemble(kernel);
    if (this.#ready.get(source)) return;
    let compiling = this.#compiling.get(source);
    if (!compiling) {
      compiling = this.#compile(kernel, source);
      this.#compiling.set(source, compiling);
    }
    try {
      this.#ready.set(source, await compiling);
    } catch (cause) {
      throw await this.#errors.explain(described(kernel), cause);
    } finally {
      this.#compiling.delete(source);
    }
  }

  async #compile(kernel: Kernel, source: string): Promise<GPUComputePipeline> {
    // The rejection reports an invalid module; the scope keeps the same error from the handlers of the caller's device.
    this.#device.pushErrorScope("validation");
    let compiling;
    try {
      compiling = this.#device.createComputePipelineAsync(this.#descriptor(kernel, source));
    } finally {
      this.#device.popErrorScope().catch(() => undefined);
    }
    return compiling;
  }

  #descriptor(kernel: Kernel, source: string): GPUComputePipelineDescriptor {
    const label = labelOf(kernel);
    return { label, layout: "auto", compute: { module: this.#device.createShaderModule({ label, code: source }) } };
  }
}

function described(kernel: Kernel): string {
  return `kernel ${labelOf(kernel)} with constants ${JSON.stringify(kernel.constants)}`;
}

/** The name of the last shader, which defines the thread. */
function labelOf(kernel: Kernel): string {
  return kernel.shaders.at(-1)?.name ?? "(empty)";
}
