// Compute pipelines, kept by their assembled source: kernels that differ only in uniforms share one.
import { ConvError } from "../error.ts";
import type { Kernel } from "../plan.ts";
import { assemble } from "./assemble.ts";
import type { Failures } from "./failures.ts";

export class PipelineCache {
  readonly #device: GPUDevice;
  readonly #failures: Failures;
  readonly #ready = new Map<string, GPUComputePipeline>();
  readonly #compiling = new Map<string, Promise<GPUComputePipeline>>();

  constructor(device: GPUDevice, failures: Failures) {
    this.#device = device;
    this.#failures = failures;
  }

  /** Pipelines compiled so far. */
  get size(): number {
    return this.#ready.size;
  }

  /** The pipeline of a kernel, compiled now if it has to be. */
  get(kernel: Kernel): GPUComputePipeline {
    const source = assemble(kernel);
    let pipeline = this.#ready.get(source);
    if (!pipeline) {
      pipeline = this.#failures.watch(`kernel ${nameOf(kernel)}`, () =>
        this.#device.createComputePipeline(this.#descriptor(kernel, source)),
      );
      this.#ready.set(source, pipeline);
    }
    return pipeline;
  }

  /** Compiles a kernel without blocking the page. A failed one is not kept. */
  async prepare(kernel: Kernel): Promise<void> {
    const source = assemble(kernel);
    if (this.#ready.has(source)) return;
    let compiling = this.#compiling.get(source);
    if (!compiling) {
      compiling = this.#device.createComputePipelineAsync(this.#descriptor(kernel, source));
      this.#compiling.set(source, compiling);
    }
    try {
      this.#ready.set(source, await compiling);
    } catch (cause) {
      throw new ConvError(
        "gpu-validation",
        `kernel ${nameOf(kernel)}: got a refusal by the GPU (${String(cause)}) with constants ${JSON.stringify(kernel.constants)}`,
        { cause },
      );
    } finally {
      this.#compiling.delete(source);
    }
  }

  #descriptor(kernel: Kernel, source: string): GPUComputePipelineDescriptor {
    const label = nameOf(kernel);
    return { label, layout: "auto", compute: { module: this.#device.createShaderModule({ label, code: source }) } };
  }
}

/** The file that holds the entry point names the kernel. */
function nameOf(kernel: Kernel): string {
  return kernel.shaders.at(-1) ?? "(empty)";
}
