// Feature maps as arguments of operations and in their kernels.
import type { TensorDtype } from "../../base/dtype.ts";
import { refuse } from "../../base/error.ts";
import type { TensorDescription } from "../../gpu/operation.ts";
import { type Tensor, checkAnyTensor, checkTensor } from "../../gpu/tensor.ts";
import type { Uniforms } from "../../kernel/uniforms.ts";
import { type FeatureMap, mapOfShape, shapeOf } from "./geometry/feature-map.ts";

/**
 * Checks that an argument is a live tensor [N, C, ...spatial] or [N, ...spatial, C] with one to three spatial axes.
 * @throws ConvError naming the argument or its shape
 */
export function checkMap(argument: string, given: unknown): { tensor: Tensor; map: FeatureMap } {
  const tensor = checkTensor(argument, given);
  return { tensor, map: mapOfShape(`${argument}.shape`, tensor.shape, tensor.layout) };
}

/** The tensor that holds a feature map. */
export function describeMap<D extends TensorDtype>(map: FeatureMap, dtype: D): TensorDescription<D> {
  return { shape: shapeOf(map), layout: map.layout, dtype };
}

/** The uniforms of the struct Map of shaders/lib/feature-map.wgsl. */
export function mapUniforms({ channels, size: [depth, height, width] }: FeatureMap): Uniforms {
  return { channels, depth, height, width };
}

/** The constant CHANNELS_LAST of shaders/lib/feature-map.wgsl. */
export function mapConstants({ layout }: FeatureMap): { CHANNELS_LAST: boolean } {
  return { CHANNELS_LAST: layout === "channels-last" };
}

/** Another shape in the layout and the element type of a tensor. */
export function like<D extends TensorDtype>(
  { layout, dtype }: Omit<TensorDescription<D>, "shape">,
  shape: readonly number[],
): TensorDescription<D> {
  return { shape, layout, dtype };
}

/**
 * Checks that an argument is a live tensor of the wanted shape, element type and, from three axes on, layout: vectors and matrices have no
 * layout.
 * @param reason where the wanted shape comes from: "as dy"
 * @throws ConvError `shape-mismatch` naming the property that differs
 */
export function checkLike<D extends TensorDtype>(
  argument: string,
  given: unknown,
  wanted: TensorDescription<D>,
  reason: string,
): Tensor<D> {
  const tensor = checkAnyTensor(argument, given);
  if (tensor.shape.join() !== wanted.shape.join())
    refuse("shape-mismatch", `${argument}.shape`, tensor.shape, `[${wanted.shape.join(", ")}], ${reason}`);
  for (const key of tensor.shape.length < 3 ? (["dtype"] as const) : (["layout", "dtype"] as const))
    if (tensor[key] !== wanted[key])
      refuse("shape-mismatch", `${argument}.${key}`, tensor[key], `"${wanted[key]}", ${reason}`);
  return tensor as Tensor<D>;
}
