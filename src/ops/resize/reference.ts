// Resizing and its gradient, in float64 on the CPU, one axis after the other.
import { type Triple, elementCount } from "../../base/shape.ts";
import { checkOptions } from "../../base/validate.ts";
import { type Float64NdArray, type NdArray, checkShapeIs } from "../../reference/ndarray.ts";
import { type FeatureMap, mapOfShape, shapeOf } from "../shared/geometry/feature-map.ts";
import {
  type LayoutOptions,
  type Values,
  forEachElement,
  layoutOf,
  readMap,
  writeMap,
  zeros,
} from "../shared/reference/feature-map.ts";
import {
  RESIZE_KEYS,
  type Resampling,
  type ResizeBackwardOptions,
  type ResizeOptions,
  UPSAMPLE_KEYS,
  type UpsampleBackwardOptions,
  type UpsampleOptions,
  resamplingOf,
  upsamplingOf,
} from "./geometry.ts";
import { floorOf } from "./places.ts";

/** Resizes a map: `resize` of convoke/ops, in float64. */
export function resize(x: NdArray, options: ResizeOptions & LayoutOptions): Float64NdArray {
  checkOptions("options", options, [...RESIZE_KEYS, "layout"]);
  const input = readMap("x", x, options);
  return writeMap(resampled(input, resamplingOf(input.map, options)));
}

/** The gradient of `resize` with respect to its x. */
export function resizeBackward(dy: NdArray, options: ResizeBackwardOptions & LayoutOptions): Float64NdArray {
  checkOptions("options", options, [...RESIZE_KEYS, "layout", "inputShape"]);
  return gradient(dy, options, resamplingOf);
}

/** Resizes a map: `upsample` of convoke/ops, in float64. */
export function upsample(x: NdArray, options: UpsampleOptions & LayoutOptions): Float64NdArray {
  checkOptions("options", options, [...UPSAMPLE_KEYS, "layout"]);
  const input = readMap("x", x, options);
  return writeMap(resampled(input, upsamplingOf(input.map, options)));
}

/** The gradient of `upsample` with respect to its x. */
export function upsampleBackward(dy: NdArray, options: UpsampleBackwardOptions & LayoutOptions): Float64NdArray {
  checkOptions("options", options, [...UPSAMPLE_KEYS, "layout", "inputShape"]);
  return gradient(dy, options, upsamplingOf);
}

function gradient<Options extends LayoutOptions & { inputShape: readonly number[] }>(
  dy: NdArray,
  options: Options,
  geometry: (map: FeatureMap, options: Options) => Resampling,
): Float64NdArray {
  const map = mapOfShape("inputShape", options.inputShape, layoutOf(options));
  const { inputShape: _, ...rest } = options;
  const resampling = geometry(map, rest as Options);
  const values = readMap("dy", dy, options);
  checkShapeIs("dy", dy.shape, shapeOf(resampling.output));
  return writeMap(alongAxes(values, map, resampling, true));
}

function resampled(input: Values, resampling: Resampling): Values {
  const { output, axes, extrapolationValue } = resampling;
  const values = alongAxes(input, output, resampling, false);
  forEachElement(output, (index, _n, _c, ...place) => {
    const inside = place.every((at, axis) => at >= axes[axis]!.inside[0] && at < axes[axis]!.inside[1]);
    if (!inside) values.data[index] = extrapolationValue;
  });
  return values;
}

/** Computes outputs from cells or, transposed, cells from outputs: along one axis after the other. */
function alongAxes(from: Values, to: FeatureMap, resampling: Resampling, transposed: boolean): Values {
  let values = from;
  for (const axis of [0, 1, 2] as const) {
    const { map, data } = values;
    const size = map.size.with(axis, to.size[axis]) as unknown as Triple;
    const next = zeros({ ...map, size });
    const inner = elementCount(size.slice(axis + 1));
    const [read, written] = [map.size[axis], to.size[axis]];
    const outer = data.length / read / inner;
    for (let output = 0; output < resampling.axes[axis].outputs; output++)
      for (const [cell, weight] of termsOf(resampling, axis, output)) {
        const [source, target] = transposed ? [output, cell] : [cell, output];
        for (let line = 0; line < outer; line++)
          for (let at = 0; at < inner; at++)
            next.data[(line * written + target) * inner + at]! += weight * data[(line * read + source) * inner + at]!;
      }
    values = next;
  }
  return values;
}

/** The cells of an output along an axis, with their weights. */
function termsOf(resampling: Resampling, axis: 0 | 1 | 2, output: number): [cell: number, weight: number][] {
  const { mode, before, excludeOutside, normalised, cubicCoefficient, axes } = resampling;
  const { line, inputs, first, taps, narrow, inside } = axes[axis];
  if (output < inside[0] || output >= inside[1]) return [];
  const place = line.base + BigInt(output) * line.step;
  const whole = floorOf(place, line.unit);
  const rest = place - whole * line.unit;
  const held = (cell: number): number => Math.min(Math.max(cell, 0), inputs - 1);
  if (mode === "nearest") return [[held(Number(whole) - Number(before && rest === 0n)), 1]];
  const fraction = Number(rest) / Number(line.unit);
  const kernel = mode === "linear" ? triangle : (distance: number) => keys(distance, cubicCoefficient);
  const terms = Array.from({ length: taps }, (_, tap): [number, number] => [
    Number(whole) + first + tap,
    kernel((first + tap - fraction) * narrow),
  ]).filter(([cell, weight]) => weight !== 0 && (!excludeOutside || held(cell) === cell));
  const sum = normalised ? terms.reduce((all, [, weight]) => all + weight, 0) : 1;
  return terms.map(([cell, weight]) => [held(cell), weight / sum]);
}

function triangle(distance: number): number {
  return Math.max(1 - Math.abs(distance), 0);
}

/** The convolution kernel of Keys (Cubic Convolution Interpolation for Digital Image Processing, 1981), of any coefficient. */
function keys(distance: number, a: number): number {
  const t = Math.abs(distance);
  if (t <= 1) return ((a + 2) * t - (a + 3)) * t * t + 1;
  return t < 2 ? ((t - 5) * t + 8) * t * a - 4 * a : 0;
}
