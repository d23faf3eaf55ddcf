// Products whose A and B are bound as textures (src/kernel/textures.ts), for adapters where loads from storage are slow in kernels of many sums: on
// lavapipe a number from a texture takes 0.5 ns a lane, from storage 3.9. Any matrix of whole vectors of float32 numbers may be bound so: weights,
// transformed tiles, columns, pixels.
//
// Measured there on two cores, milliseconds, 1x1 256->64 at 56 x 56: weights as uniforms and pixels from storage 17 (32 x 4 sums), pixels as a texture
// 6.9 (16 x 8); both as textures 6.0 (16 x 16), 7.8 (8 x 16), 10 (16 x 8).
import matrixATextureShader from "../../../shaders/algorithms/gemm/matrix-a-texture.wgsl";
import matrixAVectorsShader from "../../../shaders/algorithms/gemm/matrix-a-vectors.wgsl";
import matrixBTextureShader from "../../../shaders/algorithms/gemm/matrix-b-texture.wgsl";
import matrixBVectorsShader from "../../../shaders/algorithms/gemm/matrix-b-vectors.wgsl";
import texelShader from "../../../shaders/lib/texel.wgsl";
import type { Shader } from "../../kernel/shader.ts";
import { BINDING, type Step } from "../../kernel/step.ts";
import { TEXTURE_WIDTH, textureBytes } from "../../kernel/textures.ts";
import { tile } from "./tile.ts";
import type { GemmVariant, TextureMethod } from "./variant.ts";

/** Threads of a workgroup: few, since products of small matrices have few. */
const TEXTURE_WORKGROUP = 8;

/** For each snippet that loads A or B from storage, the one that loads it from a texture. */
const SNIPPETS: ReadonlyMap<Shader, Shader> = /* @__PURE__ */ new Map([
  [matrixAVectorsShader, matrixATextureShader],
  [matrixBVectorsShader, matrixBTextureShader],
]);

function bind(step: Step): Step {
  const { kernel, bindings } = step;
  return {
    ...step,
    kernel: {
      ...kernel,
      shaders: [texelShader, ...kernel.shaders.map((one) => SNIPPETS.get(one) ?? one)],
      constants: { ...kernel.constants, TEXTURE_WIDTH },
    },
    bindings: bindings.map((one) =>
      one.binding === BINDING.first || one.binding === BINDING.second ? { ...one, texture: true } : one,
    ),
  };
}

/** The method for textures of so many bytes. */
function textureMethod(most: number): TextureMethod {
  return {
    on: ({ textureBytes: own = 0 }) => (own > 0 ? textureMethod(own) : undefined),
    bytes({ textures }) {
      if (!textures) return undefined;
      const [a, b] = [textures.a, textures.b].map((size = Infinity) => textureBytes(size)) as [number, number];
      return Math.max(a, b) <= most && a + b <= textures.room ? [a, b] : undefined;
    },
    bind,
  };
}

/** Thread tiles by rows and vectors of columns that load A and B from textures. */
export const TEXTURE_TILES: readonly GemmVariant[] = (
  [
    [32, 2],
    [24, 2],
    [16, 4],
    [16, 2],
    [16, 1],
    [12, 4],
    [8, 4],
    [8, 2],
    [8, 1],
    [4, 4],
    [4, 2],
  ] as const
).map(([tileM, tileN4]) => {
  const one = tile(tileM, tileN4, false);
  return { ...one, name: `${one.name}-textures`, group: TEXTURE_WORKGROUP, textures: textureMethod(0) };
});
