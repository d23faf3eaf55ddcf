// What planning assumes of an adapter by its class, as far as WebGPU does not tell.
import type { DeviceTraits, GpuClass } from "../algorithms/traits.ts";
import type { AdapterDescription } from "./device-traits.ts";

/** The classes of vendors, by WebGPU's normalised names. */
const VENDORS: Readonly<Record<string, GpuClass>> = {
  apple: "apple",
  nvidia: "nvidia",
  amd: "amd",
  intel: "intel",
  arm: "mobile",
  qualcomm: "mobile",
  "img-tec": "mobile",
  samsung: "mobile",
};

/** Returns the class of an adapter. */
export function classOf({ vendor, architecture, description, isFallback }: AdapterDescription): GpuClass {
  // Firefox names no adapter, but marks the ones that compute on the CPU as fallback adapters.
  if (isFallback || /swiftshader|llvmpipe|lavapipe|software/i.test(`${vendor} ${architecture} ${description}`))
    return "software";
  return VENDORS[vendor.toLowerCase()] ?? "unknown";
}

const MIB = 2 ** 20;

/** The traits of each class. */
export const CLASSES: Readonly<
  Record<GpuClass, Pick<DeviceTraits, "maxSums" | "workgroupBytes" | "cores" | "cacheBytes">>
> = {
  software: { maxSums: 32, workgroupBytes: 0, cores: 2, cacheBytes: 8 * MIB },
  apple: { maxSums: 64, workgroupBytes: 16_384, cores: 16, cacheBytes: 8 * MIB },
  nvidia: { maxSums: 64, workgroupBytes: 16_384, cores: 46, cacheBytes: 32 * MIB },
  amd: { maxSums: 64, workgroupBytes: 16_384, cores: 36, cacheBytes: 4 * MIB },
  intel: { maxSums: 16, workgroupBytes: 16_384, cores: 24, cacheBytes: 4 * MIB },
  mobile: { maxSums: 16, workgroupBytes: 0, cores: 8, cacheBytes: 2 * MIB },
  unknown: { maxSums: 16, workgroupBytes: 16_384, cores: 32, cacheBytes: 8 * MIB },
};
