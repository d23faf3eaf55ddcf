// The files of the network for a page: Vite serves them from the package @upscalerjs/default-model, or copies them with its licence into a build.
import type { LayersFiles } from "convoke/layers";
import licence from "./node_modules/@upscalerjs/default-model/LICENSE?url";
import weightsAddress from "./node_modules/@upscalerjs/default-model/models/group1-shard1of1.bin?url";
import topology from "./node_modules/@upscalerjs/default-model/models/model.json?url";

/** The address of the licence of the network. */
export { licence };

/** Fetches the network's description and its weights. */
export async function fetchNetwork(): Promise<LayersFiles> {
  const [modelJson, weights] = await Promise.all(
    [topology, weightsAddress].map(async (address) => {
      const response = await fetch(address);
      if (!response.ok) throw new Error(`the network could not be loaded: ${response.status} ${response.statusText}`);
      return new Uint8Array(await response.arrayBuffer());
    }),
  );
  return { modelJson: modelJson!, weights: weights! };
}
