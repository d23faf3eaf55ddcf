// The traits of a GPUDevice, as planning sees it.
import { DEFAULT_RATES, type Rates } from "../algorithms/cost.ts";
import { type DeviceTraits, MAX_DISPATCHES } from "../algorithms/traits.ts";
import { maxBindingBytes } from "../gpu/binding-limit.ts";

/** What is known of the adapter of a device. */
export interface AdapterDescription {
  readonly vendor: string;
  readonly architecture: string;
  readonly description: string;
  readonly isFallback: boolean;
}

/**
 * The traits of a device.
 * @param maxWorkspaceBytes the caller's cap
 * @param rates as measured on the adapter; those of a table unless given
 */
export function deviceTraits(
  device: GPUDevice,
  { vendor, architecture, description, isFallback }: AdapterDescription,
  maxWorkspaceBytes: number,
  rates?: Rates,
): DeviceTraits {
  const { limits, features } = device;
  const adapterInfo = device.adapterInfo as GPUAdapterInfo | undefined;
  const hasSubgroups = features.has("subgroups");
  // Firefox names no adapter, but marks those that compute on the CPU.
  const software =
    isFallback || /swiftshader|llvmpipe|lavapipe|software/i.test(`${vendor} ${architecture} ${description}`);
  return {
    vendor,
    architecture,
    minSubgroupSize: (hasSubgroups && adapterInfo?.subgroupMinSize) || 0,
    maxSubgroupSize: (hasSubgroups && adapterInfo?.subgroupMaxSize) || 0,
    features: [...features].toSorted(),
    maxBindingBytes: maxBindingBytes(device),
    maxWorkspaceBytes: Math.min(maxWorkspaceBytes, limits.maxBufferSize),
    maxDispatches: MAX_DISPATCHES,
    maxWorkgroupBytes: limits.maxComputeWorkgroupStorageSize,
    maxWorkgroupInvocations: limits.maxComputeInvocationsPerWorkgroup,
    software,
    // The caches of a GPU share loads as well, and which invocations lie in one subgroup is its own affair: software adapters number them in order.
    quads: software && hasSubgroups,
    rates: rates ?? (software ? DEFAULT_RATES.software : DEFAULT_RATES.hardware),
  };
}
