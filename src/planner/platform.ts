// What an engine plans with on its adapter. The kernels that only GPUs or only software adapters have are loaded when an engine is created on one,
// beside its device, so that pages on others do without them, and no page waits for them before it starts.
import { algorithms } from "../algorithms/index.ts";
import { type AdapterDescription, isSoftware } from "../gpu/adapter.ts";
import { type Platform, SOFTWARE } from "./adapter.ts";

/** Returns the platform of an adapter, as it describes itself and by its own information, which may have more. */
export async function loadPlatform(adapter: AdapterDescription, info: Partial<GPUAdapterInfo> = {}): Promise<Platform> {
  if (isSoftware(adapter)) {
    const traits = { gpu: "software", ...SOFTWARE } as const;
    // Firefox names no adapter.
    if (adapter.vendor === "") return (await import("./uniforms.ts")).withUniforms(traits);
    const { withQuads } = await import("../algorithms/software.ts");
    return { algorithms: withQuads(algorithms), traits };
  }
  const { hardware, withDrafts } = await import("./hardware.ts");
  return withDrafts(hardware(adapter), info);
}
