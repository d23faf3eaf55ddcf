// The files of the network: the package @upscalerjs/default-model, which the build copies into the site with its licence.
import licence from "../../bench/models/node_modules/@upscalerjs/default-model/LICENSE?url";
import weightsAddress from "../../bench/models/node_modules/@upscalerjs/default-model/models/group1-shard1of1.bin?url";
import topology from "../../bench/models/node_modules/@upscalerjs/default-model/models/model.json?url";
import type { LayersFiles } from "convoke/layers";

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
