// Sampling by a grid and its gradients, in float64 on the CPU.
import { checkOptions } from "../../base/validate.ts";
import { type Float64NdArray, type NdArray, checkNdArray, checkShapeIs } from "../../reference/ndarray.ts";
import { type FeatureMap, shapeOf } from "../shared/geometry/feature-map.ts";
import {
  type LayoutOptions,
  forEachElement,
  placeIn,
  readMap,
  writeMap,
  zeros,
} from "../shared/reference/feature-map.ts";
import { GRID_SAMPLE_KEYS, type GridSampleOptions, type GridSampling, gridSamplingOf } from "./geometry.ts";

type Options = GridSampleOptions & LayoutOptions;

/** Samples a map: `gridSample` of convoke/ops, in float64. */
export function gridSample(x: NdArray, grid: NdArray, options: Options = {}): Float64NdArray {
  checkOptions("options", options, [...GRID_SAMPLE_KEYS, "layout"]);
  const { map, data } = readMap("x", x, options);
  const at = checkNdArray("grid", grid, [4, 5]);
  const sampling = gridSamplingOf(map, at.shape, options);
  const y = zeros(sampling.output);
  forEachTap(map, sampling, at.data, (index, cell, { weight }) => {
    y.data[index]! += weight * data[cell]!;
  });
  return writeMap(y);
}

/** The gradients of `gridSample`. */
export function gridSampleBackward(
  dy: NdArray,
  x: NdArray,
  grid: NdArray,
  options: Options = {},
): { dx: Float64NdArray; dgrid: Float64NdArray } {
  checkOptions("options", options, [...GRID_SAMPLE_KEYS, "layout"]);
  const { map, data } = readMap("x", x, options);
  const at = checkNdArray("grid", grid, [4, 5]);
  const sampling = gridSamplingOf(map, at.shape, options);
  const gradient = readMap("dy", dy, options);
  checkShapeIs("dy", dy.shape, shapeOf(sampling.output));
  const dx = zeros(map);
  const dgrid = new Float64Array(at.data.length);
  forEachTap(map, sampling, at.data, (index, cell, { weight, slopes, point }) => {
    dx.data[cell]! += weight * gradient.data[index]!;
    slopes.forEach((slope, axis) => (dgrid[point + axis]! += slope * data[cell]! * gradient.data[index]!));
  });
  return { dx: writeMap(dx), dgrid: { data: dgrid, shape: [...at.shape] } };
}

/** A cell of a sample: its weight, the derivatives of that by the coordinates (x first), and the place of these in the grid. */
interface Tap {
  readonly weight: number;
  readonly slopes: readonly number[];
  readonly point: number;
}

/** Calls back with every output and each of the cells it is computed from. */
function forEachTap(
  map: FeatureMap,
  sampling: GridSampling,
  grid: Float64Array,
  visit: (output: number, cell: number, tap: Tap) => void,
): void {
  const { output } = sampling;
  const { rank } = map;
  const once: AxisTap[] = [{ cell: 0, weight: 1, slope: 0 }];
  forEachElement(output, (index, n, c, ...place) => {
    const own = place.reduce((all, at, axis) => all * output.size[axis]! + at, n);
    const point = own * rank;
    const [along, down, deep = once] = Array.from({ length: rank }, (_, axis) =>
      tapsAlong(grid[point + axis]!, map.size[2 - axis]!, sampling),
    );
    for (const z of deep)
      for (const y of down!)
        for (const x of along!)
          visit(index, placeIn(map, n, c, z.cell, y.cell, x.cell), {
            weight: x.weight * y.weight * z.weight,
            slopes: [x.slope * y.weight * z.weight, x.weight * y.slope * z.weight, x.weight * y.weight * z.slope].slice(
              0,
              rank,
            ),
            point,
          });
  });
}

/** A cell along an axis, its weight, and the derivative of that by the coordinate. */
interface AxisTap {
  readonly cell: number;
  readonly weight: number;
  readonly slope: number;
}

/** The cells of a coordinate on the map. */
function tapsAlong(coordinate: number, size: number, { mode, padding, align }: GridSampling): AxisTap[] {
  const unit = (align ? size - 1 : size) / 2;
  // Not a number lies beyond the border.
  const given = Number.isNaN(coordinate) ? -1e30 : Math.min(Math.max(coordinate, -1e30), 1e30);
  let place = given * unit + (size - 1) / 2;
  let slope = unit;
  const begin = align ? 0 : -0.5;
  const span = align ? size - 1 : size;
  if (padding === "reflection") {
    const beyond = Math.abs(place - begin);
    const flips = span === 0 ? 0 : Math.floor(beyond / span);
    const rest = Math.min(Math.max(beyond - flips * span, 0), span);
    if (place < begin !== (flips % 2 === 1)) slope = -slope;
    place = begin + (flips % 2 === 1 ? span - rest : rest);
  }
  if (padding !== "zeros" && mode !== "cubic" && (place <= 0 || place >= size - 1)) {
    place = place <= 0 ? 0 : size - 1;
    slope = 0;
  }
  place = Math.min(Math.max(place, -4), size + 3);
  const folded = (cell: number): number => {
    if (padding === "border") return Math.min(Math.max(cell, 0), size - 1);
    const period = align ? Math.max(2 * size - 2, 1) : 2 * size;
    const rest = ((cell % period) + period) % period;
    return Math.min(rest, period - rest - (align ? 0 : 1));
  };
  const fits = ({ cell }: AxisTap): boolean => cell >= 0 && cell < size;
  if (mode === "nearest") {
    const near = Math.round(place);
    const even = near - place === 0.5 && near % 2 !== 0 ? near - 1 : near;
    return [{ cell: even, weight: 1, slope: 0 }].filter(fits);
  }
  const first = Math.floor(place);
  const rest = place - first;
  if (mode === "linear")
    return [
      { cell: first, weight: 1 - rest, slope: -slope },
      { cell: first + 1, weight: rest, slope },
    ].filter(fits);
  return [-1, 0, 1, 2]
    .map((tap) => ({ cell: first + tap, ...keys(tap - rest, slope) }))
    .map((tap) => (padding === "zeros" ? tap : { ...tap, cell: folded(tap.cell) }))
    .filter(fits);
}

/** PyTorch's coefficient of Keys' cubic kernel. */
const A = -0.75;

/** The kernel at a distance of a cell after the place, and its derivative by a coordinate that moves the place by `slope`. */
function keys(distance: number, slope: number): { weight: number; slope: number } {
  const t = Math.abs(distance);
  const away = distance < 0 ? slope : -slope;
  return t <= 1
    ? { weight: ((A + 2) * t - (A + 3)) * t * t + 1, slope: away * (3 * (A + 2) * t - 2 * (A + 3)) * t }
    : { weight: A * (((t - 5) * t + 8) * t - 4), slope: away * A * ((3 * t - 10) * t + 8) };
}
