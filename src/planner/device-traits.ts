// Derives the device traits that planning uses (algorithms/traits.ts) from a GPUDevice and its adapter.
import { DEFAULT_RATES, type Rates } from "../algorithms/cost.ts";
import { type DeviceTraits, MAX_DISPATCHES } from "../algorithms/traits.ts";
import { maxBindingBytes } from "../gpu/binding-limit.ts";
import { CLASSES, classOf } from "./gpu-classes.ts";

/** The adapter of a device, as it describes itself. */
export interface AdapterDescription {
  readonly vendor: string;
  readonly architecture: string;
  readonly description: string;
  readonly isFallback: boolean;
}

/**
 * Returns the traits of a device.
 * @param maxWorkspaceBytes the caller's cap
 * @param rates measured rates of the adapter; by default those of a table
 */
export function deviceTraits(
  device: GPUDevice,
  adapter: AdapterDescription,
  maxWorkspaceBytes: number,
  rates?: Rates,
): DeviceTraits {
  const { limits, features } = device;
  const gpu = classOf(adapter);
  const software = gpu === "software";
  return {
    maxBindingBytes: maxBindingBytes(device),
    maxWorkspaceBytes: Math.min(maxWorkspaceBytes, limits.maxBufferSize),
    maxDispatches: MAX_DISPATCHES,
    maxWorkgroupInvocations: limits.maxComputeInvocationsPerWorkgroup,
    gpu,
    software,
    // On a GPU the caches already share loads, and the mapping of invocations to subgroups is unspecified; software adapters map them in order.
    quads: software && features.has("subgroups"),
    ...CLASSES[gpu],
    f16: features.has("shader-f16"),
    rates: rates ?? (software ? DEFAULT_RATES.software : DEFAULT_RATES.hardware),
  };
}
