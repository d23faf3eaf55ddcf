// Derives the device traits that planning uses (algorithms/traits.ts) from a GPUDevice and its adapter.
import type { Rates } from "../algorithms/cost.ts";
import { type DeviceTraits, MAX_DISPATCHES } from "../algorithms/traits.ts";
import { maxBindingBytes } from "../gpu/binding-limit.ts";
import type { AdapterTraits } from "./adapter.ts";

/**
 * Returns the traits of a device.
 * @param assumed those of its adapter
 * @param maxWorkspaceBytes the caller's cap
 * @param rates measured rates of the adapter; by default those of a table
 */
export function deviceTraits(
  device: GPUDevice,
  assumed: AdapterTraits,
  maxWorkspaceBytes: number,
  rates?: Rates,
): DeviceTraits {
  const { limits, features } = device;
  const { onDevice, ...ofClass } = assumed;
  const software = assumed.gpu === "software";
  const known = rates ?? assumed.rates;
  return {
    maxBindingBytes: maxBindingBytes(device),
    maxWorkspaceBytes: Math.min(maxWorkspaceBytes, limits.maxBufferSize),
    maxDispatches: MAX_DISPATCHES,
    maxWorkgroupInvocations: limits.maxComputeInvocationsPerWorkgroup,
    software,
    // On a GPU the caches already share loads, and the mapping of invocations to subgroups is unspecified; software adapters map them in order.
    quads: software && features.has("subgroups"),
    ...ofClass,
    ...onDevice?.(device),
    f16: features.has("shader-f16"),
    rates: known,
    cores: known.cores,
  };
}
