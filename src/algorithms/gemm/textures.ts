// Products whose A or B is bound as a texture (src/kernel/textures.ts), for adapters where loads from storage are slow (uniform-weights.ts): on lavapipe
// a number from a texture takes 0.5 ns a lane, 3.9 from storage. Any operand of whole vectors in float32 may be: transformed tiles, columns, pixels.
import matrixATextureShader from "../../../shaders/algorithms/gemm/matrix-a-texture.wgsl";
import matrixAVectorsShader from "../../../shaders/algorithms/gemm/matrix-a-vectors.wgsl";
import matrixBTextureShader from "../../../shaders/algorithms/gemm/matrix-b-texture.wgsl";
import matrixBVectorsShader from "../../../shaders/algorithms/gemm/matrix-b-vectors.wgsl";
import texelShader from "../../../shaders/lib/texel.wgsl";
import type { Shader } from "../../kernel/shader.ts";
import { BINDING, type Step } from "../../kernel/step.ts";
import { TEXTURE_WIDTH, textureBytes } from "../../kernel/textures.ts";
import { TEXTURE_LOADS, UNIFORM_WORKGROUP } from "../cost.ts";
import type { BindingMethod, GemmVariant, Products } from "./gemm.ts";
import { tile } from "./tile.ts";
import { uniformGrid, uniformMethod } from "./uniform-weights.ts";

/** The snippets that load an operand from storage, and from a texture. */
const SNIPPETS = {
  a: { binding: BINDING.first, storage: matrixAVectorsShader, texture: matrixATextureShader },
  b: { binding: BINDING.second, storage: matrixBVectorsShader, texture: matrixBTextureShader },
} as const;

type Side = keyof typeof SNIPPETS;

/** A step that binds A or B, or both, as textures. */
function withTextures(step: Step, sides: readonly Side[]): Step {
  const { kernel, bindings } = step;
  const bound = sides.map((side) => SNIPPETS[side]);
  const snippetOf = (shader: Shader): Shader => bound.find(({ storage }) => storage === shader)?.texture ?? shader;
  return {
    ...step,
    kernel: {
      ...kernel,
      shaders: [texelShader, ...kernel.shaders.map(snippetOf)],
      constants: { ...kernel.constants, TEXTURE_WIDTH },
    },
    bindings: bindings.map((one) =>
      bound.some(({ binding }) => binding === one.binding) ? { ...one, texture: true } : one,
    ),
  };
}

/** Bytes of the textures of a batch of products; undefined if they do not fit. */
function bytesOf({ textures }: Products, sides: readonly Side[], most: number): readonly number[] | undefined {
  if (!textures) return undefined;
  const bytes = sides.map((side) => textureBytes(textures[side] ?? Infinity));
  const fits = bytes.every((one) => one <= most) && bytes.reduce((sum, one) => sum + one, 0) <= textures.room;
  return fits ? bytes : undefined;
}

/** A and B as textures. */
function bothMethod(most: number): BindingMethod {
  return {
    loads: { a: TEXTURE_LOADS, b: TEXTURE_LOADS },
    on: ({ textureBytes: own = 0 }) => (own > 0 ? bothMethod(own) : undefined),
    count: (products) => Number(bytesOf(products, ["a", "b"], most) !== undefined),
    textures: (products) => bytesOf(products, ["a", "b"], most) ?? [],
    divide: (step) => {
      const { kernel, uniforms } = step;
      const constants = { ...kernel.constants, WORKGROUP_SIZE: UNIFORM_WORKGROUP };
      const workgroups = uniformGrid(Number(uniforms["threads"]));
      return [withTextures({ ...step, kernel: { ...kernel, constants }, workgroups }, ["a", "b"])];
    },
  };
}

/** B as a texture, and A, prepacked weights, as uniforms. */
function besideUniforms(uniform: BindingMethod, most: number): BindingMethod {
  return {
    ...uniform,
    loads: { ...uniform.loads, b: TEXTURE_LOADS },
    on: (device) => {
      const own = uniform.on(device);
      return own && device.textureBytes ? besideUniforms(own, device.textureBytes) : undefined;
    },
    count: (products, tileM) => (bytesOf(products, ["b"], most) ? uniform.count(products, tileM) : 0),
    textures: (products) => bytesOf(products, ["b"], most) ?? [],
    divide: (...product) => uniform.divide(...product).map((step) => withTextures(step, ["b"])),
  };
}

/** Thread tiles by rows and vectors of columns: loads of A and of B take nearly as long. */
const SIDES = [
  [32, 2],
  [32, 1],
  [24, 2],
  [16, 4],
  [16, 2],
  [16, 1],
  [8, 4],
  [8, 2],
  [8, 1],
] as const;

/** Thread tiles that load B, or A and B, from textures. */
export const TEXTURE_TILES: readonly GemmVariant[] = SIDES.flatMap(([tileM, tileN4]) => {
  const one = tile(tileM, tileN4, false);
  return [
    { ...one, name: `${one.name}-texture`, binding: besideUniforms(uniformMethod(0), 0) },
    { ...one, name: `${one.name}-textures`, binding: bothMethod(0) },
  ];
});
