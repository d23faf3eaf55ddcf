// Lp pooling and its gradient, in float64 on the CPU.
import { elementCount } from "../../base/shape.ts";
import { checkOptions } from "../../base/validate.ts";
import { type Float64NdArray, type NdArray, checkShapeIs } from "../../reference/ndarray.ts";
import { divisorOf } from "../average-pool/reference.ts";
import { shapeOf } from "../shared/geometry/feature-map.ts";
import { pooled, windowsOf } from "../shared/geometry/windows.ts";
import { type LayoutOptions, readMap, writeMap, zeros } from "../shared/reference/feature-map.ts";
import { forEachWindow } from "../shared/reference/windows.ts";
import { LP_POOL_KEYS, type LpPoolOptions, type Sign, normOf } from "./geometry.ts";

const KEYS = [...LP_POOL_KEYS, "layout"];

/** Divides by the number of cells, padding included. */
const WITH_PADDING = { includePadding: true, divisor: 0 };

/** The root of the sum of powers of each window: `lpPool` of convoke/ops, in float64. */
export function lpPool(x: NdArray, options: LpPoolOptions & LayoutOptions): Float64NdArray {
  checkOptions("options", options, KEYS);
  const input = readMap("x", x, options);
  const windows = windowsOf(input.map, options, true);
  const { norm, power, scaleCut } = normOf(options);
  const y = zeros(pooled(input.map, windows));
  const whole = elementCount(windows.kernel);
  forEachWindow(input.map, windows, (result, cells, window) => {
    const sum = cells.reduce((total, cell) => total + raised(input.data[cell]!, norm, power), 0);
    const divisor = scaleCut ? divisorOf(WITH_PADDING, windows, input.map.size, cells.length, window) : whole;
    y.data[result] = norm === 1 ? (sum * whole) / divisor : raised((sum * whole) / divisor, 1 / norm, "undefined");
  });
  return writeMap(y);
}

/** The gradient of `lpPool` with respect to its x. */
export function lpPoolBackward(
  dy: NdArray,
  x: NdArray,
  y: NdArray,
  options: LpPoolOptions & LayoutOptions,
): Float64NdArray {
  checkOptions("options", options, KEYS);
  const input = readMap("x", x, options);
  const windows = windowsOf(input.map, options, true);
  const { norm, slope, scaleCut } = normOf(options);
  const wanted = shapeOf(pooled(input.map, windows));
  checkShapeIs("dy", dy.shape, wanted);
  checkShapeIs("y", y.shape, wanted);
  const gradient = readMap("dy", dy, options);
  const root = readMap("y", y, options);
  const dx = zeros(input.map);
  const whole = elementCount(windows.kernel);
  forEachWindow(input.map, windows, (result, cells, window) => {
    const size = root.data[result]!;
    if (size === 0 && norm > 1) return;
    const divisor = scaleCut ? divisorOf(WITH_PADDING, windows, input.map.size, cells.length, window) : whole;
    const scaled = (gradient.data[result]! * whole) / divisor / (norm === 1 ? 1 : raised(size, norm - 1, "undefined"));
    for (const cell of cells) dx.data[cell]! += scaled * raised(input.data[cell]!, norm - 1, slope);
  });
  return writeMap(dx);
}

function raised(value: number, exponent: number, sign: Sign): number {
  if (sign === "undefined" && value < 0) return NaN;
  const power = Math.abs(value) ** exponent;
  // 0^0 is 1, but a signed power is 0 at 0.
  return sign === "signed" ? Math.sign(value) * power : power;
}
