// Lists the kernels that a first call or a model compiles, and compiles each again by itself to time it.

/** A kernel that was compiled alone. */
export interface KernelTime {
  readonly label: string;
  /** The length of its source. */
  readonly characters: number;
  /** The browser's compiler reads it. */
  readonly parseMilliseconds: number;
  /** Its pipeline is made, by the browser and the driver. */
  readonly compileMilliseconds: number;
}

interface Source {
  readonly label: string;
  readonly code: string;
}

/** The value of some work, how long it took, and the sources of the compute pipelines that devices of this page made meanwhile. */
export interface Compiled<T> {
  readonly value: T;
  readonly milliseconds: number;
  readonly sources: readonly Source[];
}

/** Runs work that compiles kernels. */
export async function compiling<T>(work: () => Promise<T>): Promise<Compiled<T>> {
  const sources: Source[] = [];
  const codes = new WeakMap<GPUShaderModule, string>();
  const device = GPUDevice.prototype;
  const names = ["createShaderModule", "createComputePipeline", "createComputePipelineAsync"] as const;
  // Called by their own objects below.
  const [module, now, later] = names.map((name): unknown => Reflect.get(device, name)) as [
    GPUDevice["createShaderModule"],
    GPUDevice["createComputePipeline"],
    GPUDevice["createComputePipelineAsync"],
  ];
  const note = ({ label = "", compute }: GPUComputePipelineDescriptor): void => {
    sources.push({ label, code: codes.get(compute.module) ?? "" });
  };
  device.createShaderModule = function (this: GPUDevice, descriptor) {
    const made = module.call(this, descriptor);
    codes.set(made, descriptor.code);
    return made;
  };
  device.createComputePipeline = function (this: GPUDevice, descriptor) {
    note(descriptor);
    return now.call(this, descriptor);
  };
  device.createComputePipelineAsync = function (this: GPUDevice, descriptor) {
    note(descriptor);
    return later.call(this, descriptor);
  };
  const start = performance.now();
  try {
    const value = await work();
    return { value, milliseconds: performance.now() - start, sources };
  } finally {
    Object.assign(device, { [names[0]]: module, [names[1]]: now, [names[2]]: later });
  }
}

/** Compiles each of the kernels on a device, one after the other. */
export async function timeKernels(device: GPUDevice, sources: readonly Source[]): Promise<KernelTime[]> {
  const times: KernelTime[] = [];
  for (const { label, code } of sources) {
    const start = performance.now();
    // A text that differs, since what was compiled once is cached.
    const module = device.createShaderModule({ code: `${code}\nconst TIMED_${times.length} = ${Math.random()};` });
    await module.getCompilationInfo();
    const parsed = performance.now();
    await device.createComputePipelineAsync({ layout: "auto", compute: { module } });
    const end = performance.now();
    times.push({
      ...{ label, characters: code.length },
      ...{ parseMilliseconds: parsed - start, compileMilliseconds: end - parsed },
    });
  }
  return times;
}
