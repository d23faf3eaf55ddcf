// The platform of software adapters that load from uniforms many times as fast as from storage, in a module of its own, which platform.ts loads for
// adapters that may be such.
import { algorithms } from "../algorithms/uniforms.ts";
import type { AdapterTraits, Platform } from "./adapter.ts";

/** Returns the platform with the kernels that bind weights as uniforms: lavapipe's, which under Firefox has no subgroups. */
export function withUniforms(traits: AdapterTraits): Platform {
  return {
    algorithms,
    traits: {
      ...traits,
      onDevice: ({ features, limits }) =>
        features.has("subgroups") ? {} : { uniformBytes: limits.maxUniformBufferBindingSize },
    },
  };
}
