// CPU reference of CoordConv and its gradients, in float64: the coordinates are appended to the channels of the input and convolved with
// them.
import { pick } from "../../base/pick.ts";
import { checkOptions } from "../../base/validate.ts";
import { tensorShape } from "../../problem/problem.ts";
import {
  GRADIENT_KEYS,
  type ReferenceActivationGradientOptions,
  throughActivation,
} from "../../reference/activation-gradient.ts";
import { type ReferenceConvOptions, conv } from "../../reference/conv.ts";
import { convBackwardData, convBackwardWeights } from "../../reference/gradients.ts";
import { type Float64NdArray, type NdArray, checkNdArray, checkShapeIs } from "../../reference/ndarray.ts";
import { mapOfShape } from "../shared/geometry/feature-map.ts";
import { UNGROUPED_KEYS } from "../shared/geometry/ungrouped.ts";
import { type LayoutOptions, layoutOf, placeIn, readMap, writeMap, zeros } from "../shared/reference/feature-map.ts";
import { type CoordinateOptions, type Coordinates, coordinatesOf } from "./geometry.ts";

type Options = CoordinateOptions & LayoutOptions;
type Epilogue = Pick<ReferenceConvOptions, "bias" | "residual" | "activation">;

const GEOMETRY_KEYS = [...UNGROUPED_KEYS, "layout"] as const;
const KEYS = [...GEOMETRY_KEYS, "radius"];
const RANKS = [3, 4, 5];

/** `coordConv` of convoke/ops, in float64. */
export function coordConv(x: NdArray, w: NdArray, options: Options & Epilogue = {}): Float64NdArray {
  checkOptions("options", options, [...KEYS, "bias", "residual", "activation"]);
  const names = { input: "x.shape", kernel: "w.shape" };
  const coordinates = check(names, checkNdArray("x", x, RANKS).shape, checkNdArray("w", w, RANKS).shape, options);
  return conv(
    withCoordinates(x, coordinates, options),
    w,
    pick(options, [...GEOMETRY_KEYS, "bias", "residual", "activation"]),
  );
}

/** `coordConvBackwardData` of convoke/ops, in float64. */
export function coordConvBackwardData(
  dy: NdArray,
  w: NdArray,
  options: Options & ReferenceActivationGradientOptions & { inputShape: readonly number[] },
): Float64NdArray {
  checkOptions("options", options, [...KEYS, ...GRADIENT_KEYS, "inputShape"]);
  const names = { input: "inputShape", kernel: "w.shape" };
  const { problem, channels } = check(names, options.inputShape, checkNdArray("w", w, RANKS).shape, options);
  const all = convBackwardData(throughActivation(dy, options), w, {
    ...pick(options, GEOMETRY_KEYS),
    inputShape: tensorShape(problem, "x"),
  });
  const from = readMap("dx", all, options);
  const dx = zeros({ ...from.map, channels: problem.C - channels });
  const image = dx.data.length / problem.N;
  const whole = from.data.length / problem.N;
  for (let n = 0; n < problem.N; n++) dx.data.set(from.data.subarray(n * whole, n * whole + image), n * image);
  return writeMap(dx);
}

/** `coordConvBackwardWeights` of convoke/ops, in float64. */
export function coordConvBackwardWeights(
  x: NdArray,
  dy: NdArray,
  options: Options & ReferenceActivationGradientOptions & { kernelShape: readonly number[] },
): Float64NdArray {
  checkOptions("options", options, [...KEYS, ...GRADIENT_KEYS, "kernelShape"]);
  const names = { input: "x.shape", kernel: "kernelShape" };
  const coordinates = check(names, checkNdArray("x", x, RANKS).shape, options.kernelShape, options);
  checkShapeIs("dy", checkNdArray("dy", dy, RANKS).shape, tensorShape(coordinates.problem, "y"));
  return convBackwardWeights(
    withCoordinates(x, coordinates, options),
    throughActivation(dy, options),
    pick(options, [...GEOMETRY_KEYS, "kernelShape"]),
  );
}

function check(
  names: { input: string; kernel: string },
  x: readonly number[],
  w: readonly number[],
  options: Options,
): Coordinates {
  return coordinatesOf(names, x, w, layoutOf(options), pick(options, [...UNGROUPED_KEYS, "radius"]));
}

/** x with its coordinates appended as channels. */
function withCoordinates(x: NdArray, { problem, channels, radius }: Coordinates, options: Options): NdArray {
  const input = readMap("x", x, options);
  const all = zeros(mapOfShape("x.shape", tensorShape(problem, "x"), layoutOf(options)));
  const [D, H, W] = input.map.size;
  const own = input.map.channels;
  const coordinate = (at: number, size: number): number => (size === 1 ? 0 : (2 * at - (size - 1)) / (size - 1));
  for (let n = 0; n < problem.N; n++)
    for (let d = 0; d < D; d++)
      for (let h = 0; h < H; h++)
        for (let w = 0; w < W; w++) {
          for (let c = 0; c < own; c++)
            all.data[placeIn(all.map, n, c, d, h, w)] = input.data[placeIn(input.map, n, c, d, h, w)]!;
          const place = [coordinate(w, W), coordinate(h, H), coordinate(d, D)];
          const values = [...place.slice(0, channels - (radius ? 1 : 0)), ...(radius ? [Math.hypot(...place)] : [])];
          values.forEach((value, at) => (all.data[placeIn(all.map, n, own + at, d, h, w)] = value));
        }
  return writeMap(all);
}
