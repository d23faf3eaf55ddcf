// Compiles kernels by Tint on Dawn's null backend, which needs no GPU: whether they are valid WGSL, and agree with their bindings, their uniforms and the
// default limits.
import { create, globals } from "webgpu";
import { assemble } from "../../src/kernel/assemble.ts";
import type { Step } from "../../src/kernel/step.ts";
import { uniformBytes } from "../../src/kernel/uniforms.ts";

export interface Compiler {
  /** What is wrong with a step: the error of its module, its pipeline or its bind group. */
  errorOf(step: Step): Promise<string | undefined>;
  destroy(): void;
}

/** @param features what kernels may use, drafts among them */
export async function createCompiler(features: readonly string[]): Promise<Compiler> {
  Object.assign(globalThis, globals);
  // The implementation lives as long as this reference to it.
  let gpu: GPU | undefined = create(["backend=null", "enable-dawn-features=allow_unsafe_apis"]);
  const adapter = await gpu.requestAdapter();
  const device = await adapter!.requestDevice({ requiredFeatures: features as GPUFeatureName[] });
  return {
    async errorOf({ kernel, bindings, uniforms }) {
      const usage = GPUBufferUsage.STORAGE;
      device.pushErrorScope("validation");
      const module = device.createShaderModule({ code: assemble(kernel) });
      const pipeline = device.createComputePipeline({ layout: "auto", compute: { module } });
      const { byteLength: size } = uniformBytes(kernel.shaders, kernel.constants, uniforms);
      const uniform = device.createBuffer({ size, usage: GPUBufferUsage.UNIFORM });
      const buffers = bindings.map((range) => device.createBuffer({ size: range.size, usage }));
      device.createBindGroup({
        layout: pipeline.getBindGroupLayout(0),
        entries: [
          { binding: 0, resource: { buffer: uniform } },
          ...bindings.map(({ binding }, at) => ({ binding, resource: { buffer: buffers[at]! } })),
        ],
      });
      const error = await device.popErrorScope();
      for (const buffer of [uniform, ...buffers]) buffer.destroy();
      return error?.message;
    },

    destroy() {
      device.destroy();
      gpu = undefined;
    },
  };
}
