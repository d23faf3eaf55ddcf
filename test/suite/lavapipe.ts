// The platform that Firefox has on lavapipe, where operands are bound as uniforms and textures, for any device: its kernels run on all.
import { algorithms } from "../../src/algorithms/uniforms.ts";
import { Textures } from "../../src/gpu/textures.ts";
import { ROW_BYTES } from "../../src/kernel/textures.ts";
import { type Platform, SOFTWARE } from "../../src/planner/adapter.ts";

/** What the default limits allow to bind. */
export const BOUND = { quads: false, uniformBytes: 65_536, textureBytes: 8192 * ROW_BYTES };

export const LAVAPIPE: Platform = {
  algorithms,
  textures: Textures,
  traits: { gpu: "software", ...SOFTWARE, onDevice: () => BOUND },
};
