// How an adapter describes itself, and what planning assumes of software adapters. gpu-classes.ts has the same for GPUs.
import type { Algorithm } from "../algorithms/algorithm.ts";
import { DEFAULT_RATES } from "../algorithms/cost.ts";
import type { DeviceTraits } from "../algorithms/traits.ts";
import type { Textures } from "../gpu/textures.ts";

/** The adapter of a device, as it describes itself. */
export interface AdapterDescription {
  readonly vendor: string;
  readonly architecture: string;
  readonly description: string;
  readonly isFallback: boolean;
}

/** The adapter in plain data; older implementations tell less. */
export function describeAdapter(adapterInfo: GPUAdapterInfo | undefined): AdapterDescription & { device: string } {
  const {
    vendor = "",
    architecture = "",
    device = "",
    description = "",
    isFallbackAdapter: isFallback = false,
  } = adapterInfo ?? {};
  return { vendor, architecture, device, description, isFallback };
}

/** Whether an adapter computes on the CPU. */
export function isSoftware({ vendor, architecture, description, isFallback }: AdapterDescription): boolean {
  // Firefox names no adapter, but marks these as fallback adapters.
  return isFallback || /swiftshader|llvmpipe|lavapipe|software|warp/i.test(`${vendor} ${architecture} ${description}`);
}

/** The traits that a class determines. */
export type ClassTraits = Pick<DeviceTraits, "maxSums" | "workgroupBytes" | "cores" | "cacheBytes" | "rates">;

/** What planning assumes of an adapter. */
export interface AdapterTraits extends ClassTraits, Pick<DeviceTraits, "gpu"> {
  /** What the features of a device add. */
  readonly onDevice?: (device: GPUDevice) => Partial<DeviceTraits>;
}

/** The algorithms that serve an adapter, and what planning assumes of it. */
export interface Platform {
  readonly algorithms: readonly Algorithm[];
  readonly traits: AdapterTraits;
  /** What copies operands into textures, if kernels load them from there. */
  readonly textures?: typeof Textures;
}

export const SOFTWARE: ClassTraits = {
  maxSums: 32,
  workgroupBytes: 0,
  cores: 2,
  cacheBytes: 8 * 2 ** 20,
  rates: DEFAULT_RATES.software,
};
