// The platform that Firefox has on lavapipe, where operands are bound as uniforms and textures, for any device: its kernels run on all.
import { ROW_BYTES } from "../../src/kernel/textures.ts";
import { type Platform, SOFTWARE } from "../../src/planner/adapter.ts";
import { withUniforms } from "../../src/planner/uniforms.ts";

/** What the default limits allow to bind. */
export const BOUND = { quads: false, uniformBytes: 65_536, textureBytes: 8192 * ROW_BYTES };

const platform = withUniforms({ gpu: "software", ...SOFTWARE });

export const LAVAPIPE: Platform = { ...platform, traits: { ...platform.traits, onDevice: () => BOUND } };
