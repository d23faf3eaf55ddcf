// Device traits: everything that planning knows of a device (limits, features, speed). Plain data, so that a plan for any device can be made and
// tested without it.
import { DEFAULT_RATES, type Rates } from "./cost.ts";

/**
 * Most dispatches of a plan. Each takes about a millisecond to plan and to compile, and kilobytes of the page's memory, so this many take
 * seconds. The gradient of the input under a stride of 32 along two axes needs a thousand.
 */
export const MAX_DISPATCHES = 4096;

/**
 * Classes of adapters that need different kernels. "software" computes on the CPU; "mobile" are Adreno, Mali and PowerVR; "unknown" may be any GPU:
 * Firefox names none.
 */
export type GpuClass = "software" | "apple" | "nvidia" | "amd" | "intel" | "mobile" | "unknown";

/** A product that a subgroup computes at once: M x K numbers times K x N, of this type, with sums in float32. */
export interface SubgroupMatrix {
  readonly type: "f32" | "f16";
  readonly M: number;
  readonly N: number;
  readonly K: number;
}

/** The products that the subgroups of a device compute at once, and in which size of subgroups. */
export interface SubgroupMatrices {
  readonly lanes: number;
  /** Whether kernels have to ask for that size, because there are others. */
  readonly chosen: boolean;
  readonly matrices: readonly SubgroupMatrix[];
}

/** A device as planning sees it, with the caller's cap on memory. */
export interface DeviceTraits {
  readonly gpu: GpuClass;
  /** Largest storage binding, in bytes. */
  readonly maxBindingBytes: number;
  /** Most bytes of workspace and prepacked weights, together, of a plan. */
  readonly maxWorkspaceBytes: number;
  /** Most dispatches of a plan, including those of its preparation. */
  readonly maxDispatches: number;
  /** Most invocations of a workgroup. */
  readonly maxWorkgroupInvocations: number;
  /** Whether the adapter computes on the CPU, where parallelism counts less and techniques that hide latency on a GPU only cost time. */
  readonly software: boolean;
  /** Whether invocations should share loads in quads: loads are expensive, and neighbouring invocations are known to be neighbours in a subgroup. */
  readonly quads: boolean;
  /** Most bytes of prepacked weights to bind as uniforms, where the adapter loads from these many times as fast as from storage. */
  readonly uniformBytes?: number | undefined;
  /** Most bytes of an operand to bind as a texture, where the adapter loads from these many times as fast as from storage. */
  readonly textureBytes?: number | undefined;
  /** Most sums of a thread tile: more leave the registers, or leave too few threads to hide latency. */
  readonly maxSums: number;
  /** Bytes of workgroup memory for tiles; 0 where loads from it are no faster than from the caches. */
  readonly workgroupBytes: number;
  /** Cores, each of which runs several workgroups at once: compute units, streaming multiprocessors. */
  readonly cores: number;
  /** Bytes of the last cache that all cores share. */
  readonly cacheBytes: number;
  /** The subgroup size to ask for, where a kernel with many sums needs small subgroups and the device lets it choose. */
  readonly subgroupSize?: number | undefined;
  /** Whether the device computes in half precision. */
  readonly f16: boolean;
  /** Products of matrices by subgroups, where the device has them. */
  readonly subgroupMatrices?: SubgroupMatrices | undefined;
  /** How fast the adapter is. */
  readonly rates: Rates;
}

/** The traits of an unknown GPU with WebGPU's default limits, which every adapter supports. */
export const DEFAULT_TRAITS: DeviceTraits = {
  gpu: "unknown",
  maxBindingBytes: 128 * 2 ** 20,
  maxWorkspaceBytes: 256 * 2 ** 20,
  maxDispatches: MAX_DISPATCHES,
  maxWorkgroupInvocations: 256,
  software: false,
  quads: false,
  maxSums: 16,
  workgroupBytes: 16_384,
  cores: DEFAULT_RATES.hardware.cores,
  cacheBytes: 8 * 2 ** 20,
  f16: false,
  rates: DEFAULT_RATES.hardware,
};
