// What an engine plans with on its adapter. That of GPUs is loaded when an engine is created on one, beside its device, so that pages on software
// adapters do without it, and pages with a GPU do not wait for it before they start.
import { algorithms } from "../algorithms/index.ts";
import { type AdapterDescription, type Platform, SOFTWARE, isSoftware } from "./adapter.ts";

/** Returns the platform of an adapter, as it describes itself and by its own information, which may have more. */
export async function loadPlatform(adapter: AdapterDescription, info: Partial<GPUAdapterInfo> = {}): Promise<Platform> {
  if (isSoftware(adapter)) return { algorithms, traits: { gpu: "software", ...SOFTWARE } };
  const { hardware, withDrafts } = await import("./hardware.ts");
  return withDrafts(hardware(adapter), info);
}
