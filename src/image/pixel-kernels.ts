// The kernels between pixels and feature maps.
import packShader from "../../shaders/image/pack-pixels.wgsl";
import unpackShader from "../../shaders/image/unpack-pixels.wgsl";
import featureMapShader from "../../shaders/lib/feature-map.wgsl";
import type { Dtype } from "../base/dtype.ts";
import { run, whole } from "../gpu/operation.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { dispatch } from "../kernel/dispatch.ts";
import { elementTypes } from "../kernel/element-types.ts";
import { resamplingOf } from "../ops/resize/geometry.ts";
import { resamplingRecipe } from "../ops/resize/resampling.ts";
import { describeMap, mapConstants, mapUniforms } from "../ops/shared/feature-map.ts";
import { type FeatureMap, elementsOf } from "../ops/shared/geometry/feature-map.ts";
import { type Mapping, fourOf } from "./values.ts";

/** @param pixels [height, pixels of a row] of 32-bit words */
export function unpackPixels(pixels: Tensor<"u32">, map: FeatureMap, dtype: Dtype, mapping: Mapping): Tensor {
  const y = describeMap(map, dtype);
  return run({
    name: "fromImage",
    inputs: { pixels },
    results: { y },
    parameters: mapping,
    recipe: () => ({
      steps: [
        dispatch({
          shaders: [featureMapShader, unpackShader],
          constants: { ...mapConstants(map), LUMINANCE: map.channels === 1 },
          aliases: { E: elementTypes(dtype).one },
          ranges: [whole("pixels", pixels), whole("y", y)],
          uniforms: { map: mapUniforms(map), row: pixels.shape[1]!, ...vectors(mapping) },
          threads: elementsOf(map),
        }),
      ],
    }),
  }).y;
}

/** `resize(x, { outputSize, mode: "linear", antialias: true })`, without the code that only other options need. */
export function resized(x: Tensor, map: FeatureMap, outputSize: readonly number[]): Tensor {
  const resampling = resamplingOf(map, { outputSize, mode: "linear", antialias: true });
  const y = describeMap(resampling.output, x.dtype);
  const ranges = [whole("x", x), whole("y", y)] as const;
  return run({
    name: "fromImage",
    inputs: { x },
    results: { y },
    recipe: () => resamplingRecipe({ resampling, map, dtype: x.dtype, ranges, isSoftware: x.gpu.isSoftware }, false),
  }).y;
}

/** How pixels are packed: into rows that may be longer than the map is wide, and with colours times alpha or not. */
interface Packing {
  readonly row: number;
  readonly premultiplied: boolean;
}

/** Returns the pixels as 32-bit words, [height, row]. */
export function packPixels(
  x: Tensor,
  map: FeatureMap,
  mapping: Mapping,
  { row, premultiplied }: Packing,
): Tensor<"u32"> {
  const pixels = { shape: [map.size[1], row], layout: "channels-first", dtype: "u32" } as const;
  return run({
    name: "toImageData",
    inputs: { x },
    results: { pixels },
    parameters: [map, mapping, premultiplied],
    recipe: () => ({
      steps: [
        dispatch({
          shaders: [featureMapShader, packShader],
          constants: { ...mapConstants(map), CHANNELS: map.channels, PREMULTIPLIED: premultiplied },
          aliases: { E: elementTypes(x.dtype).one },
          ranges: [whole("x", x), whole("pixels", pixels)],
          uniforms: { map: mapUniforms(map), row, ...vectors(mapping) },
          threads: map.size[1] * row,
        }),
      ],
    }),
  }).pixels;
}

const vectors = ({ factor, offset }: Mapping) => ({ factor: fourOf(factor), offset: fourOf(offset) });
