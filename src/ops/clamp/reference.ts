// CPU reference of numbers between bounds and the gradient, in float64.
import { type Float64NdArray, type NdArray, checkShapeIs } from "../../reference/ndarray.ts";
import { checkElements, combined } from "../shared/reference/broadcast.ts";
import { type ClampOptions, boundsOf } from "./geometry.ts";

/** `clamp` of convoke/ops, in float64. */
export function clamp(x: NdArray, options: ClampOptions): Float64NdArray {
  const { low, high } = boundsOf(options);
  return combined({ x }, (v) => Math.min(Math.max(v, low), high));
}

/** `clampBackward` of convoke/ops, in float64. */
export function clampBackward(dy: NdArray, x: NdArray, options: ClampOptions): Float64NdArray {
  const { low, high } = boundsOf(options);
  checkShapeIs("x", checkElements("x", x).shape, checkElements("dy", dy).shape);
  return combined({ dy, x }, (one, v) => (v >= low && v <= high ? one : 0));
}
