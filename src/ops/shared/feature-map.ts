// Feature maps among the arguments of an operation, and in its kernels.
import { checkTensor } from "../../gpu/tensor.ts";
import { refuse } from "../../base/error.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import { type FeatureMap, mapOfShape } from "./geometry/feature-map.ts";
import type { Windows } from "./geometry/windows.ts";
import type { TensorDescription } from "../../gpu/operation.ts";

/** A feature map among the arguments of an operation. */
export function checkMap(
  argument: string,
  given: unknown,
): { tensor: Tensor; map: FeatureMap } {
  const tensor = checkTensor(argument, given);
  return { tensor, map: mapOfShape(`${argument}.shape`, tensor.shape, tensor.layout) };
}

/** The words of the struct Map of shaders/lib/feature-map.wgsl. */
export function mapWords({ channels, size }: FeatureMap): number[] {
  return [channels, ...size];
}

/** The constant that goes with it. */
export function mapConstants({ layout }: FeatureMap): { CHANNELS_LAST: boolean } {
  return { CHANNELS_LAST: layout === "channels-last" };
}

/** The words of the struct Windows of shaders/ops/windows.wgsl, and one to fill 16: structs in uniform structs start at multiples of 16 bytes. */
export function windowWords({ kernel, stride, dilation, padBegin, padEnd }: Windows): number[] {
  return [...kernel, ...stride, ...dilation, ...padBegin, ...padEnd, 0];
}

/** A tensor among the arguments that has to be just like another one, or like a description. */
export function checkLike(
  argument: string,
  given: unknown,
  wanted: TensorDescription,
  reason: string,
): Tensor {
  const tensor = checkTensor(argument, given);
  if (tensor.shape.join() !== wanted.shape.join())
    refuse("shape-mismatch", `${argument}.shape`, tensor.shape, `[${wanted.shape.join(", ")}], ${reason}`);
  // Vectors and matrices have no layout.
  for (const key of tensor.shape.length < 3 ? (["dtype"] as const) : (["layout", "dtype"] as const))
    if (tensor[key] !== wanted[key])
      refuse("shape-mismatch", `${argument}.${key}`, tensor[key], `"${wanted[key]}", ${reason}`);
  return tensor;
}
