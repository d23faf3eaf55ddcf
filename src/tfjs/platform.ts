// The platform of a backend's adapter, at once: TensorFlow.js calls its kernels synchronously, so what other pages load on demand is there from the
// start.
import { algorithms as onGpus } from "../algorithms/hardware.ts";
import { algorithms } from "../algorithms/index.ts";
import { type AdapterDescription, isSoftware } from "../gpu/adapter.ts";
import { type Platform, SOFTWARE } from "../planner/adapter.ts";
import { traitsOf } from "../planner/gpu-classes.ts";

export function platformOf(adapter: AdapterDescription): Platform {
  return isSoftware(adapter)
    ? { algorithms, traits: { gpu: "software", ...SOFTWARE } }
    : { algorithms: onGpus, traits: traitsOf(adapter) };
}

/** The same with the kernels of draft features that the adapter has. */
export async function platformWithDrafts(adapter: AdapterDescription, info: GPUAdapterInfo): Promise<Platform> {
  const platform = platformOf(adapter);
  if (isSoftware(adapter)) return platform;
  const { withDrafts } = await import("../planner/hardware.ts");
  return withDrafts(platform, info);
}
