// The WGSL names of element types.
import type { Dtype } from "../base/dtype.ts";

/** Size in bytes of a workspace element: float32, whatever the element type of the tensors. */
export const F32_BYTES = 4;

/** The WGSL types that store one element and a vector of four. Arithmetic is always float32. */
export function elementTypes(dtype: Dtype): { one: string; four: string } {
  return dtype === "f16" ? { one: "f16", four: "vec4h" } : { one: "f32", four: "vec4f" };
}
