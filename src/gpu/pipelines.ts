// Compute pipelines, kept by their assembled source: kernels that differ only in uniforms share one. Plans hold on to theirs: one that is no
// longer kept here is compiled again for the next plan that needs it.
import type { Kernel } from "../kernel/step.ts";
import { assemble } from "../kernel/assemble.ts";
import type { Failures } from "./failures.ts";
import { LruCache } from "./lru-cache.ts";

/**
 * Pipelines kept, and characters of all their sources (10 000 to 100 000 each); the least recently used goes first. A network of a hundred
 * layers has a few pipelines for each layer, forward and backward. There is no end to them where kernels never repeat, as in a fuzzer.
 */
export const MAX_PIPELINES = 2048;
const MAX_CHARACTERS = 2 ** 26;

export class PipelineCache {
  readonly #device: GPUDevice;
  readonly #failures: Failures;
  readonly #failed: () => void;
  readonly #ready = new LruCache<GPUComputePipeline>(MAX_PIPELINES, MAX_CHARACTERS);
  readonly #compiling = new Map<string, Promise<GPUComputePipeline>>();

  /** @param failed called when a pipeline turns out to be none that was handed out */
  constructor(device: GPUDevice, failures: Failures, failed: () => void) {
    this.#device = device;
    this.#failures = failures;
    this.#failed = failed;
  }

  /** Pipelines kept ready. */
  get size(): number {
    return this.#ready.size;
  }

  /** The pipeline of a kernel, compiled now if it has to be. One that fails, which is known later, is not kept. */
  get(kernel: Kernel): GPUComputePipeline {
    const source = assemble(kernel);
    let pipeline = this.#ready.get(source);
    if (!pipeline) {
      pipeline = this.#failures.watch(
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

  /** Compiles a kernel without blocking the page. A failed one is not kept. */
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
      throw await this.#failures.explain(described(kernel), cause);
    } finally {
      this.#compiling.delete(source);
    }
  }

  async #compile(kernel: Kernel, source: string): Promise<GPUComputePipeline> {
    // The rejection tells what is wrong with a module; that it is reported as well is no concern of the caller's handlers.
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
    const label = nameOf(kernel);
    return { label, layout: "auto", compute: { module: this.#device.createShaderModule({ label, code: source }) } };
  }
}

function described(kernel: Kernel): string {
  return `kernel ${nameOf(kernel)} with constants ${JSON.stringify(kernel.constants)}`;
}

/** The file that holds the entry point names the kernel. */
function nameOf(kernel: Kernel): string {
  return kernel.shaders.at(-1)?.name ?? "(empty)";
}
