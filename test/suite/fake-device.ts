// A device that computes nothing and counts buffers, bind groups and pipelines, to test in Node what an engine allocates, caches and frees.
import { DEFAULT_TRAITS } from "../../src/algorithms/traits.ts";

export interface FakeDevice {
  readonly device: GPUDevice;
  /** Buffers created and not yet destroyed. */
  readonly live: Set<GPUBuffer>;
  /** Textures created and not yet destroyed. */
  readonly textures: Set<GPUTexture>;
  /** Buffers, textures and bind groups created so far. */
  readonly created: () => { buffers: number; textures: number; bindGroups: number };
  /** Pipelines compiled so far. */
  readonly compiled: () => number;
}

/** The adapters by what they say of themselves. */
const ADAPTERS = {
  gpu: { vendor: "", architecture: "", description: "" },
  swiftshader: { vendor: "google", architecture: "swiftshader", description: "" },
  lavapipe: { vendor: "", architecture: "", description: "", isFallbackAdapter: true },
};

export function fakeDevice(adapter: keyof typeof ADAPTERS = "gpu"): FakeDevice {
  const live = new Set<GPUBuffer>();
  const textures = new Set<GPUTexture>();
  const created = { buffers: 0, textures: 0, bindGroups: 0 };
  let compiled = 0;
  const nothing = (): object => ({});
  const pass = { setPipeline: nothing, setBindGroup: nothing, dispatchWorkgroups: nothing, end: nothing };
  const encoder = {
    beginComputePass: () => pass,
    copyBufferToBuffer: nothing,
    copyBufferToTexture: nothing,
    finish: nothing,
  };
  const compile = (): object => {
    compiled++;
    return { getBindGroupLayout: nothing };
  };
  const device = {
    features: new Set(adapter === "swiftshader" ? ["subgroups"] : []),
    adapterInfo: ADAPTERS[adapter],
    limits: {
      maxStorageBufferBindingSize: DEFAULT_TRAITS.maxBindingBytes,
      maxBufferSize: 2 * DEFAULT_TRAITS.maxBindingBytes,
      maxUniformBufferBindingSize: 65_536,
      maxComputeWorkgroupStorageSize: 16_384,
      maxComputeInvocationsPerWorkgroup: DEFAULT_TRAITS.maxWorkgroupInvocations,
    },
    lost: new Promise(() => undefined),
    queue: { submit: nothing, writeBuffer: nothing },
    createBuffer({ size, usage }: GPUBufferDescriptor) {
      const buffer = {
        ...{ size, usage },
        getMappedRange: () => new ArrayBuffer(size),
        mapAsync: () => Promise.resolve(),
        unmap: nothing,
        destroy: () => live.delete(buffer),
      } as unknown as GPUBuffer;
      live.add(buffer);
      created.buffers++;
      return buffer;
    },
    createTexture({ size }: GPUTextureDescriptor) {
      const [, height] = size as number[];
      const destroy = () => textures.delete(texture);
      const texture = { height, createView: nothing, destroy } as unknown as GPUTexture;
      textures.add(texture);
      created.textures++;
      return texture;
    },
    createShaderModule: nothing,
    createComputePipeline: compile,
    createComputePipelineAsync: () => Promise.resolve(compile()),
    createBindGroup() {
      created.bindGroups++;
      return {};
    },
    createCommandEncoder: () => encoder,
    pushErrorScope: nothing,
    popErrorScope: () => Promise.resolve(null),
    destroy: nothing,
  } as unknown as GPUDevice;
  return { device, live, textures, created: () => ({ ...created }), compiled: () => compiled };
}
