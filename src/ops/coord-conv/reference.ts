// CoordConv and its gradients: coordinates are made, put beside the channels of the input, and convolved with them.
import {
  COORD_GEOMETRY_KEYS,
  type CoordinateOptions,
  type Coordinates,
  coordinatesOf,
} from "./geometry.ts";
import { mapOfShape } from "../shared/geometry/feature-map.ts";
import { tensorShape } from "../../problem/problem.ts";
import { checkOptions } from "../../base/validate.ts";
import { type Float64NdArray, type NdArray, checkNdArray, checkShapeIs } from "../../reference/ndarray.ts";
import { type ReferenceConvOptions, conv, convBackwardData, convBackwardWeights } from "../../reference/conv.ts";
import { type ActivationGradient, GRADIENT_KEYS, throughActivation } from "../shared/reference/activation-gradient.ts";
import { type LayoutOptions, layoutOf, placeIn, readMap, writeMap, zeros } from "../shared/reference/feature-map.ts";

type Options = CoordinateOptions & LayoutOptions;
type Epilogue = Pick<ReferenceConvOptions, "bias" | "residual" | "activation">;

const KEYS = [...COORD_GEOMETRY_KEYS, "radius", "layout"];
const RANKS = [3, 4, 5];

/** As `engine.coordConv`. */
export function coordConv(x: NdArray, w: NdArray, options: Options & Epilogue = {}): Float64NdArray {
  checkOptions("options", options, [...KEYS, "bias", "residual", "activation"]);
  const names = { input: "x.shape", kernel: "w.shape" };
  const coordinates = check(names, checkNdArray("x", x, RANKS).shape, checkNdArray("w", w, RANKS).shape, options);
  const { bias, residual, activation } = options;
  return conv(withCoordinates(x, coordinates, options), w, { ...geometryOf(options), bias, residual, activation });
}

/** As `engine.coordConvBackwardData`. */
export function coordConvBackwardData(
  dy: NdArray,
  w: NdArray,
  options: Options & ActivationGradient & { inputShape: readonly number[] },
): Float64NdArray {
  checkOptions("options", options, [...KEYS, ...GRADIENT_KEYS, "inputShape"]);
  const names = { input: "inputShape", kernel: "w.shape" };
  const { problem, channels } = check(names, options.inputShape, checkNdArray("w", w, RANKS).shape, options);
  const all = convBackwardData(throughActivation(dy, options), w, {
    ...geometryOf(options),
    inputShape: tensorShape(problem, "x"),
  });
  const from = readMap("dx", all, layoutOf(options));
  const dx = zeros({ ...from.map, channels: problem.C - channels });
  const image = dx.data.length / problem.N;
  const whole = from.data.length / problem.N;
  for (let n = 0; n < problem.N; n++) dx.data.set(from.data.subarray(n * whole, n * whole + image), n * image);
  return writeMap(dx);
}

/** As `engine.coordConvBackwardWeights`. */
export function coordConvBackwardWeights(
  x: NdArray,
  dy: NdArray,
  options: Options & ActivationGradient & { kernelShape: readonly number[] },
): Float64NdArray {
  checkOptions("options", options, [...KEYS, ...GRADIENT_KEYS, "kernelShape"]);
  const names = { input: "x.shape", kernel: "kernelShape" };
  const coordinates = check(names, checkNdArray("x", x, RANKS).shape, options.kernelShape, options);
  checkShapeIs("dy", checkNdArray("dy", dy, RANKS).shape, tensorShape(coordinates.problem, "y"));
  return convBackwardWeights(withCoordinates(x, coordinates, options), throughActivation(dy, options), {
    ...geometryOf(options),
    kernelShape: options.kernelShape,
  });
}

function geometryOf(options: Options) {
  return { ...Object.fromEntries(COORD_GEOMETRY_KEYS.map((key) => [key, options[key]])), layout: options.layout };
}

function check(
  names: { input: string; kernel: string },
  x: readonly number[],
  w: readonly number[],
  { radius, layout, ...options }: Options,
): Coordinates {
  const own = Object.fromEntries(COORD_GEOMETRY_KEYS.map((key) => [key, options[key]]));
  return coordinatesOf(names, x, w, layoutOf({ layout }), { ...own, radius });
}

/** x with its coordinates behind its channels. */
function withCoordinates(x: NdArray, { problem, channels, radius }: Coordinates, options: Options): NdArray {
  const layout = layoutOf(options);
  const input = readMap("x", x, layout);
  const all = zeros(mapOfShape("x.shape", tensorShape(problem, "x"), layout));
  const [D, H, W] = input.map.size;
  const own = input.map.channels;
  const along = (at: number, size: number): number => (size === 1 ? 0 : (2 * at - (size - 1)) / (size - 1));
  for (let n = 0; n < problem.N; n++)
    for (let d = 0; d < D; d++)
      for (let h = 0; h < H; h++)
        for (let w = 0; w < W; w++) {
          for (let c = 0; c < own; c++)
            all.data[placeIn(all.map, n, c, d, h, w)] = input.data[placeIn(input.map, n, c, d, h, w)]!;
          const place = [along(w, W), along(h, H), along(d, D)];
          const values = [...place.slice(0, channels - (radius ? 1 : 0)), ...(radius ? [Math.hypot(...place)] : [])];
          values.forEach((value, at) => (all.data[placeIn(all.map, n, own + at, d, h, w)] = value));
        }
  return writeMap(all);
}
