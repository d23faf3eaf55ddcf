// The platform of software adapters that load from uniforms and textures many times as fast as from storage, in a module of its own, which platform.ts
// loads for adapters that may be such.
import { algorithms } from "../algorithms/uniforms.ts";
import { Textures } from "../gpu/textures.ts";
import { ROW_BYTES } from "../kernel/textures.ts";
import type { AdapterTraits, Platform } from "./adapter.ts";

/** Multiply-adds a second of products on lavapipe, on two cores. */
const MULTIPLY_ADDS = 1.8e10;

/** Returns the platform with the kernels that bind operands as uniforms and textures: lavapipe's, which under Firefox has no subgroups. */
export function withUniforms(traits: AdapterTraits): Platform {
  return {
    algorithms,
    textures: Textures,
    traits: {
      ...traits,
      rates: { ...traits.rates, multiplyAdds: MULTIPLY_ADDS },
      onDevice: ({ features, limits }) =>
        features.has("subgroups")
          ? {}
          : {
              uniformBytes: limits.maxUniformBufferBindingSize,
              textureBytes: limits.maxTextureDimension2D * ROW_BYTES,
            },
    },
  };
}
