// CPU reference of division by the norm along an axis, and its gradient, in float64.
import { RANKS, checkOptions } from "../../base/validate.ts";
import { type Float64NdArray, type NdArray, checkNdArray, checkShapeIs } from "../../reference/ndarray.ts";
import { axisOf } from "../shared/geometry/axis.ts";
import { type LayoutOptions, layoutOf } from "../shared/reference/feature-map.ts";
import { linesOf } from "../shared/reference/lines.ts";
import { LP_NORMALIZE_KEYS, type LpNormalizeOptions, checkNorm } from "./geometry.ts";

type Options = LpNormalizeOptions & LayoutOptions;

/** `lpNormalize` of convoke/ops, in float64. */
export function lpNormalize(x: NdArray, options: Options = {}): Float64NdArray {
  const { array, lines, divisorOf } = checked(x, options);
  const data = new Float64Array(array.data.length);
  for (const line of lines) {
    const { divisor } = divisorOf(line);
    for (const at of line) data[at] = array.data[at]! / divisor;
  }
  return { data, shape: array.shape };
}

/** `lpNormalizeBackward` of convoke/ops, in float64. */
export function lpNormalizeBackward(dy: NdArray, x: NdArray, options: Options = {}): Float64NdArray {
  const { array, lines, norm, divisorOf } = checked(x, options);
  const gradient = checkNdArray("dy", dy, RANKS);
  checkShapeIs("dy", gradient.shape, array.shape);
  const data = new Float64Array(array.data.length);
  for (const line of lines) {
    const { divisor, moving } = divisorOf(line);
    const along = line.reduce((sum, at) => sum + gradient.data[at]! * (array.data[at]! / divisor), 0);
    for (const at of line) {
      const direction = norm === 1 ? Math.sign(array.data[at]!) : array.data[at]! / divisor;
      data[at] = (gradient.data[at]! - (moving ? direction * along : 0)) / divisor;
    }
  }
  return { data, shape: array.shape };
}

function checked(x: NdArray, options: Options) {
  checkOptions("options", options, [...LP_NORMALIZE_KEYS, "layout"]);
  const array = checkNdArray("x", x, RANKS);
  const axis = axisOf(options.axis, array.shape, layoutOf(options));
  const { norm, limit } = checkNorm(options);
  /** The divisor of a line, and whether it depends on the line. */
  const divisorOf = (line: readonly number[]): { divisor: number; moving: boolean } => {
    const sum = line.reduce((total, at) => total + Math.abs(array.data[at]!) ** norm, 0);
    const own = norm === 1 ? sum : Math.sqrt(sum);
    return own * limit > 1 ? { divisor: own, moving: true } : { divisor: 1 / limit, moving: false };
  };
  return { array, lines: linesOf(array.shape, axis), norm, divisorOf };
}
