// Devices of each class, to plan for and to run as on one where there is none.
import { DEFAULT_TRAITS, type DeviceTraits, type GpuClass } from "../../src/algorithms/traits.ts";
import type { AdapterDescription } from "../../src/gpu/adapter.ts";
import { traitsOf } from "../../src/planner/gpu-classes.ts";
import { SOFTWARE_TRAITS } from "./traits.ts";

/** The vendor and architecture of an adapter in the middle of each class, by Dawn's normalised names. */
const NAMES: Readonly<Record<GpuClass, readonly [vendor: string, architecture: string]>> = {
  software: ["google", "swiftshader"],
  apple: ["apple", "metal-3"],
  nvidia: ["nvidia", "lovelace"],
  amd: ["amd", "rdna-2"],
  intel: ["intel", "gen-12lp"],
  mobile: ["qualcomm", "adreno-7xx"],
  unknown: ["", ""],
};

export const GPU_CLASSES = Object.keys(NAMES) as readonly GpuClass[];

/** Describes an adapter of a class. */
export function adapterOf(gpu: GpuClass): AdapterDescription {
  const [vendor, architecture] = NAMES[gpu];
  return { vendor, architecture, description: "", isFallback: gpu === "software" };
}

/** The traits of a class with the limits that every device has, and half precision. */
function classTraits(gpu: GpuClass): DeviceTraits {
  return gpu === "software"
    ? { ...SOFTWARE_TRAITS, f16: true }
    : { ...DEFAULT_TRAITS, ...traitsOf(adapterOf(gpu)), f16: true };
}

/** A device to plan for. */
export interface NamedDevice {
  readonly name: string;
  readonly traits: DeviceTraits;
}

/** Every class of devices, the software adapter first, and Intel's where kernels may ask for small subgroups. */
export const DEVICES: readonly NamedDevice[] = [
  ...GPU_CLASSES.map((gpu) => ({ name: gpu, traits: classTraits(gpu) })),
  { name: "intel in subgroups of 8", traits: { ...classTraits("intel"), subgroupSize: 8, maxSums: 64 } },
];
