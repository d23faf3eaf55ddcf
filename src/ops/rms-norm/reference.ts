// CPU reference of normalisation by the root of the mean square and its gradients, in float64.
import { refuse } from "../../base/error.ts";
import { elementCount } from "../../base/shape.ts";
import { checkOptions } from "../../base/validate.ts";
import { type Float64NdArray, type NdArray, checkShapeIs } from "../../reference/ndarray.ts";
import { counted, layerDivision } from "../group-norm/reference.ts";
import { type LayerAxes, checkEpsilon } from "../shared/geometry/normalisation.ts";
import type { LayoutOptions } from "../shared/reference/feature-map.ts";
import {
  type Division,
  type NormalisedValues,
  forEachElement,
  normalised,
  normalisedBackward,
  readNormalised,
  readParameter,
} from "../shared/reference/normalise.ts";
import { RMS_EPSILON } from "./geometry.ts";

interface RmsOptions extends LayoutOptions {
  axes?: LayerAxes;
  scale?: NdArray;
  epsilon?: number;
}

const KEYS = ["axes", "scale", "epsilon", "layout"];

/** `rmsNorm` of convoke/ops, in float64. */
export function rmsNorm(x: NdArray, options: RmsOptions = {}): Float64NdArray {
  return forward(x, options).y;
}

/** `rmsNormWithStatistics` of convoke/ops, in float64. */
export function rmsNormWithStatistics(
  x: NdArray,
  options: RmsOptions = {},
): { y: Float64NdArray; inverseRootMeanSquare: Float64NdArray } {
  return counted(forward(x, options));
}

/** `rmsNormBackward` of convoke/ops, in float64. */
export function rmsNormBackward(
  dy: NdArray,
  x: NdArray,
  options: RmsOptions & { inverseRootMeanSquare?: NdArray } = {},
): { dx: Float64NdArray; dscale: Float64NdArray } {
  checkOptions("options", options, [...KEYS, "inverseRootMeanSquare"]);
  const values = readNormalised("x", x, options);
  const gradient = readNormalised("dy", dy, options);
  const division = layerDivision(values, options.axes);
  checkShapeIs("dy", gradient.shape, values.shape);
  const scale = readParameter("scale", options.scale, division.parameterShape, 1);
  const epsilon = checkEpsilon(options.epsilon, RMS_EPSILON);
  const given = options.inverseRootMeanSquare;
  if (given !== undefined && epsilon !== RMS_EPSILON)
    refuse("invalid-argument", "epsilon", epsilon, "none with inverseRootMeanSquare, which already includes it");
  const inverse = given
    ? readParameter("inverseRootMeanSquare", given, division.statisticShape)
    : inverseRoots(values, division, epsilon);
  const statistics = { mean: new Float64Array(inverse.length), inverse, dependence: "divided" as const };
  const { dx, dscale } = normalisedBackward(gradient.data, values, division, statistics, scale);
  return { dx, dscale };
}

function forward(x: NdArray, options: RmsOptions) {
  checkOptions("options", options, KEYS);
  const values = readNormalised("x", x, options);
  const division = layerDivision(values, options.axes);
  const { parameterShape, statisticShape } = division;
  const scale = readParameter("scale", options.scale, parameterShape, 1);
  const inverse = inverseRoots(values, division, checkEpsilon(options.epsilon, RMS_EPSILON));
  const statistics = { mean: new Float64Array(inverse.length), inverse };
  return {
    y: normalised(values, division, statistics, { scale, bias: new Float64Array(scale.length) }),
    inverseRootMeanSquare: { data: inverse, shape: [...statisticShape] },
  };
}

/** 1 / sqrt(mean square + epsilon) of each set. */
export function inverseRoots(x: NormalisedValues, division: Division, epsilon: number): Float64Array {
  const sets = elementCount(division.statisticShape);
  const [squares, count] = [new Float64Array(sets), new Float64Array(sets)];
  forEachElement(x, division, (at, set) => {
    squares[set]! += x.data[at]! ** 2;
    count[set]!++;
  });
  return squares.map((sum, set) => 1 / Math.sqrt(sum / count[set]! + epsilon));
}
