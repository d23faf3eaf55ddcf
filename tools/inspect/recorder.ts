// Records the compute pipelines that a program makes, for engines that generate their kernels: the source of each, what the compiler made of it,
// and how often and in how many threads it ran.
import { type Outcome, compiledSince, stopwatch } from "./gpu.ts";

/** A kernel as a program made and dispatched it. */
export interface Recorded {
  readonly name: string;
  readonly code: string;
  readonly outcome: Outcome;
  dispatches: number;
  workgroups: number;
}

/** Replaces a method by one made from it. */
function replace<T, Name extends keyof T>(prototype: T, name: Name, make: (original: T[Name]) => T[Name]): void {
  prototype[name] = make(prototype[name]);
}

/**
 * Makes the devices of this process record, except one.
 * @returns what gives the kernels dispatched since its last call
 */
export function record(except: GPUDevice): () => Recorded[] {
  const modules = new WeakMap<GPUShaderModule, { code: string; milliseconds: number }>();
  const kernels = new WeakMap<GPUComputePipeline, Recorded>();
  const current = new WeakMap<GPUComputePassEncoder, Recorded>();
  let dispatched = new Set<Recorded>();

  replace(GPUDevice.prototype, "createShaderModule", (original) => {
    return function (this: GPUDevice, descriptor) {
      const spent = stopwatch();
      const module = original.call(this, descriptor);
      modules.set(module, { code: descriptor.code, milliseconds: spent() });
      return module;
    };
  });
  replace(GPUDevice.prototype, "createComputePipeline", (original) => {
    return function (this: GPUDevice, descriptor) {
      if (this === except) return original.call(this, descriptor);
      compiledSince();
      const { module } = descriptor.compute;
      const parsed = modules.get(module);
      const spent = stopwatch();
      const pipeline = original.call(this, descriptor);
      const milliseconds = (parsed?.milliseconds ?? 0) + spent();
      const [compiled] = compiledSince();
      const outcome = compiled ? { milliseconds, compiled } : { milliseconds, failed: "the driver compiled nothing" };
      const name = descriptor.label || module.label || "kernel";
      kernels.set(pipeline, { name, code: parsed?.code ?? "", outcome, dispatches: 0, workgroups: 0 });
      return pipeline;
    };
  });
  replace(GPUDevice.prototype, "createComputePipelineAsync", (original) => {
    return function (this: GPUDevice, descriptor) {
      if (this === except) return original.call(this, descriptor);
      return Promise.resolve(this.createComputePipeline(descriptor));
    };
  });
  replace(GPUComputePassEncoder.prototype, "setPipeline", (original) => {
    return function (this: GPUComputePassEncoder, pipeline) {
      const kernel = kernels.get(pipeline);
      if (kernel) current.set(this, kernel);
      return original.call(this, pipeline);
    };
  });
  replace(GPUComputePassEncoder.prototype, "dispatchWorkgroups", (original) => {
    return function (this: GPUComputePassEncoder, x, y = 1, z = 1) {
      const kernel = current.get(this);
      if (kernel) {
        dispatched.add(kernel);
        kernel.dispatches++;
        kernel.workgroups += x * y * z;
      }
      return original.call(this, x, y, z);
    };
  });

  return () => {
    const taken = [...dispatched].map((kernel) => ({ ...kernel }));
    for (const kernel of dispatched) kernel.dispatches = kernel.workgroups = 0;
    dispatched = new Set();
    return taken;
  };
}
