// The WGSL names of element types.
import type { TensorDtype } from "../base/dtype.ts";

/** Size in bytes of a workspace element: float32, whatever the element type of the tensors. */
export const F32_BYTES = 4;

/** The WGSL types that store one element and a vector of four. Arithmetic is always float32. */
export function elementTypes(dtype: TensorDtype): { one: string; four: string } {
  return { one: dtype, four: `vec4${dtype === "f16" ? "h" : dtype[0]}` };
}
