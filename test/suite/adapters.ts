// How an adapter of each class describes itself, to plan and to run as on one where there is none.
import type { GpuClass } from "../../src/algorithms/traits.ts";
import type { AdapterDescription } from "../../src/planner/gpu-classes.ts";

/** The vendor that an adapter of a class names, after Dawn's normalised names; the architecture that says most about the class's kernels. */
const NAMES: Readonly<Record<GpuClass, readonly [vendor: string, architecture: string]>> = {
  software: ["google", "swiftshader"],
  apple: ["apple", "metal-3"],
  nvidia: ["nvidia", "ampere"],
  amd: ["amd", "rdna-2"],
  intel: ["intel", "xe"],
  mobile: ["qualcomm", "adreno-7xx"],
  unknown: ["", ""],
};

export const GPU_CLASSES = Object.keys(NAMES) as readonly GpuClass[];

/** Describes an adapter of a class. */
export function adapterOf(gpu: GpuClass): AdapterDescription {
  const [vendor, architecture] = NAMES[gpu];
  return { vendor, architecture, description: "", isFallback: gpu === "software" };
}
