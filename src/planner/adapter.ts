// What planning assumes of software adapters. gpu-classes.ts has the same for GPUs.
import type { Algorithm } from "../algorithms/algorithm.ts";
import { DEFAULT_RATES } from "../algorithms/cost.ts";
import type { DeviceTraits } from "../algorithms/traits.ts";
import type { Textures } from "../gpu/textures.ts";

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
