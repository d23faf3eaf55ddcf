// Derives the device traits that planning uses (algorithms/traits.ts) from a GPUDevice and its adapter.
import type { Rates } from "../algorithms/cost.ts";
import { type DeviceTraits, type GpuClass, MAX_DISPATCHES } from "../algorithms/traits.ts";
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
  const software = assumed.gpu === "software";
  const subgroupSize = software ? undefined : smallSubgroups(device, assumed.gpu);
  const known = rates ?? assumed.rates;
  return {
    maxBindingBytes: maxBindingBytes(device),
    maxWorkspaceBytes: Math.min(maxWorkspaceBytes, limits.maxBufferSize),
    maxDispatches: MAX_DISPATCHES,
    maxWorkgroupInvocations: limits.maxComputeInvocationsPerWorkgroup,
    software,
    // On a GPU the caches already share loads, and the mapping of invocations to subgroups is unspecified; software adapters map them in order.
    quads: software && features.has("subgroups"),
    ...assumed,
    ...(subgroupSize !== undefined && { subgroupSize, maxSums: MOST_SUMS }),
    f16: features.has("shader-f16"),
    rates: known,
    cores: known.cores,
  };
}

/** Most sums of a thread on a GPU: with their operands, they take the 128 registers that leave a core half full or better. */
const MOST_SUMS = 64;

/** Lanes of a subgroup at which Intel's registers hold 64 sums. */
const FEW_LANES = 8;

/** The subgroup size to ask for: on Intel, where registers are divided among the lanes of a subgroup. */
function smallSubgroups({ features, adapterInfo }: GPUDevice, gpu: GpuClass): number | undefined {
  const has = (features as ReadonlySet<string>).has("subgroup-size-control");
  return gpu === "intel" && has && (adapterInfo?.subgroupMinSize ?? 0) === FEW_LANES ? FEW_LANES : undefined;
}
